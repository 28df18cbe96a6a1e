/** Sends an event up through the page's shadow roots. */
export function emit(from: EventTarget, name: string, detail: unknown): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
