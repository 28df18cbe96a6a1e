// For the Redis room, which may know this room but not Python's.
export { numberText, t } from "../python/l10n";
