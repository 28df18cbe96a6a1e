import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseBundle } from "../support/baseBundle";
import { repositoryRoot } from "../support/repositoryRoot";

/**
 * `npm run l10n` writes every text that can be translated to media/l10n/bundle.l10n.json. A translation is a copy of it beside it, named by its
 * language (bundle.l10n.de.json), with package.nls.de.json for what package.json says.
 */
const folder = join(repositoryRoot(), "media", "l10n");
const bundle = baseBundle();
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "bundle.l10n.json"), `${JSON.stringify(bundle, null, 2)}\n`);
console.log(`${Object.keys(bundle).length} texts in ${join(folder, "bundle.l10n.json")}`);
