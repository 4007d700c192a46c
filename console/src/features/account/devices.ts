const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** Return a short name of the program and the system that a `User-Agent` header names, such as `Firefox on Windows`. */
export function deviceName(userAgent: string | null): string | null {
  if (userAgent === null || userAgent === "") return null;
  const browser = nameIn(BROWSERS, userAgent);
  const system = nameIn(SYSTEMS, userAgent);
  if (browser === null) return userAgent.split(/[\s/]/)[0] ?? null;
  return system === null ? browser : `${browser} on ${system}`;
}

export function isPhone(userAgent: string | null): boolean {
  return /Mobile|Android|iPhone/.test(userAgent ?? "");
}

function nameIn(names: readonly (readonly [RegExp, string])[], text: string): string | null {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
