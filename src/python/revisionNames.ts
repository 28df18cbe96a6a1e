/** Longer names are no revisions. Characters. */
const longest = 200;

/**
 * What a release may be called in git, the likeliest first: as it is, behind an `@` (`shop@1.4.2`), with a `v`, as the commit in it (`1.4.2+a1b2c3d`,
 * `shop-a1b2c3d4`). Only names that git cannot take for an option, a range or a path: a release is text out of Redis.
 */
export function revisionNames(release: string): string[] {
  const whole = release.trim();
  if (whole === "") return [];
  const behindAt = whole.slice(whole.lastIndexOf("@") + 1);
  const commits = whole.match(/(?<![\p{L}\p{N}])[0-9a-f]{7,64}(?![\p{L}\p{N}])/gu) ?? [];
  const names = [whole, behindAt, `v${behindAt}`, behindAt.replace(/^v/, ""), ...commits];
  return [...new Set(names)].filter(isRevisionName);
}

/** A name of a commit, tag or branch, with `~2` or `^` behind it. */
export function isRevisionName(name: string): boolean {
  return (
    name.length <= longest &&
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_+-]|[./](?![./])){0,199}[~^\d]*$/u.test(name) &&
    !/[./]$|\.lock$/.test(name)
  );
}
