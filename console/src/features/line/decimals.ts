/** Decimal numbers as text. The API's are exact, and numbers of JavaScript are not. */

/** A number as JSON writes it, such as `26.40`. */
export type Decimal = string;

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const TYPED = /^([+-]?)(\d*)(?:[.,](\d+))?$/;
const MAX_PLACES = 6;

/** Return what a person typed as the API takes it, or null if it is no number. A comma separates decimal places too. */
export function parseTyped(text: string): Decimal | null {
  const [, sign = "", whole = "", places = ""] = TYPED.exec(text.trim()) ?? [];
  if (whole === "" && places === "") return null;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${places === "" ? "" : `.${places}`}`;
}

/** Whether a number has more decimal places than the API stores. */
export function hasTooManyPlaces(value: Decimal): boolean {
  return (value.split(".")[1] ?? "").replace(/0+$/, "").length > MAX_PLACES;
}

/** Return a negative number, 0 or a positive number, as for `sort`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Return the distance of two numbers, without trailing zeros. */
export function distanceOf(a: Decimal, b: Decimal): Decimal {
  const [left, right, places] = aligned(a, b);
  const distance = left < right ? right - left : left - right;
  const digits = distance.toString().padStart(places + 1, "0");
  const end = digits.length - places;
  return `${digits.slice(0, end)}.${digits.slice(end)}`.replace(/\.?0*$/, "");
}

/** Return two numbers as whole numbers of the same unit, and the decimal places of that unit. */
function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const [left, right] = [parse(a), parse(b)];
  const places = Math.max(left.places, right.places);
  return [scaled(left, places), scaled(right, places), places];
}

function scaled({ digits, places }: { digits: bigint; places: number }, to: number): bigint {
  return digits * 10n ** BigInt(to - places);
}

function parse(text: Decimal): { digits: bigint; places: number } {
  const [, sign, whole, fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`Not a decimal number: ${text}`);
  const digits = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
  const places = fraction.length - Number(exponent);
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}
