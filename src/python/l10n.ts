/**
 * What people read of the pure rooms, in their language. These rooms know neither VS Code nor a page: whoever starts them says
 * once how to speak, and until then (tests, `inspect` on the command line) they speak English.
 *
 * English on purpose stay what Python and decoders say of bytes and source ("ends at byte 12"), which people look up and quote as
 * it is, the log of the extension, and the tools for models; sentences that those share with the views come as the views have them.
 */
export type Translate = (text: string, ...values: (string | number)[]) => string;

let translate: Translate = filledIn;
let locales: readonly string[] = ["en-US"];
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();
/** Texts taken apart at their places: what stands between, and at every second place the number in the braces. */
const partsOfTexts = new Map<string, readonly string[]>();

/** From now on in this language (a tag of BCP 47); what `Intl` does not know of it is written as in English. */
export function speak(language: string, inIt: Translate): void {
  translate = inIt;
  locales = isTag(language) ? [language, "en-US"] : ["en-US"];
  numberFormats.clear();
  dateFormats.clear();
}

/**
 * The text in the language of the reader, with `{0}`, `{1}` … filled in. `text` is a literal and a whole sentence or label: what is put
 * together from pieces cannot be translated. Values stay as they are, whatever braces they hold.
 */
export function t(text: string, ...values: (string | number)[]): string {
  return translate(text, ...values);
}

/** The text itself, with its places filled in. */
export function filledIn(text: string, ...values: readonly (string | number)[]): string {
  // Literals all, so no more of them are kept than there are. A page with fifty rows fills hundreds for each update.
  const [first = "", ...rest] = once(partsOfTexts, text, () => text.split(/\{(\d+)\}/));
  return rest.reduce(
    (filled, part, at) => filled + (at % 2 === 1 ? part : (values[Number(part)] ?? `{${part}}`)),
    first,
  );
}

/** `10500` → `10,500`. */
export function numberText(n: number): string {
  return numberFormat({}).format(n);
}

/** With so many decimals, or with fewer, but `atLeast`, where they would be zeros: `4.25, 1` → `4.3`; `4, 1, 0` → `4`. */
export function decimalText(n: number, decimals: number, atLeast = decimals): string {
  // Rounded as `toFixed` does: `Intl` rounds what a number looks like, 1.005 to 1.01.
  const rounded = Number(n.toFixed(decimals));
  return numberFormat({ minimumFractionDigits: atLeast, maximumFractionDigits: decimals }).format(rounded);
}

/** How the reader writes dates, by the fields asked for: as the region of this machine does where it has the same language. */
export function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(dateFormats, JSON.stringify(options), () => {
    const ofMachine = new Intl.DateTimeFormat(undefined, options);
    const inLanguage = new Intl.DateTimeFormat([...locales], options);
    return languageOf(ofMachine) === languageOf(inLanguage) ? ofMachine : inLanguage;
  });
}

/** `Monday, Wednesday and Friday`. */
export function listText(parts: readonly string[]): string {
  // Without the comma before "and" that Americans write.
  const [locale = "en-US"] = Intl.ListFormat.supportedLocalesOf([...locales]);
  return new Intl.ListFormat(/^en\b/.test(locale) ? "en-GB" : locale, { type: "conjunction" }).format(parts);
}

function languageOf(format: Intl.DateTimeFormat): string {
  return format.resolvedOptions().locale.split("-", 1)[0] ?? "";
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${options.minimumFractionDigits},${options.maximumFractionDigits}`;
  return once(numberFormats, key, () => new Intl.NumberFormat([...locales], options));
}

/** Making a format takes 23 µs, using it 1 µs; taking a text apart and filling it 0.7 µs, filling it 0.2 µs. */
function once<T>(made: Map<string, T>, key: string, make: () => T): T {
  const format = made.get(key) ?? make();
  made.set(key, format);
  return format;
}

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}
