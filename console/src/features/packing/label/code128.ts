/** Code 128, of which GS1-128 is the kind that begins with FNC1: from the data of a ZPL field to the widths of its bars. */

const PATTERNS = (
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 " +
  "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 " +
  "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 " +
  "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 " +
  "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 " +
  "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 " +
  "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split(" ");
const STOP = "2331112";
const [CODE_C, CODE_B, FNC1, START_B, START_C] = [99, 100, 102, 104, 105];
const CHECK = 103;
const FIRST_CHARACTER = 32;

/** Return the widths of bars and spaces in modules, a bar first. Raise `RangeError` for data that is not supported. */
export function code128Widths(data: string): readonly number[] {
  const values = valuesOf(data);
  const sum = values.reduce((total, value, position) => total + value * Math.max(1, position), 0);
  const patterns = [...values, sum % CHECK].map((value) => PATTERNS[value] ?? "");
  return [...patterns.join(""), ...STOP].map(Number);
}

/** Read the codes of ZPL's `^BC`: `>;` and `>:` start the subsets C and B, `>5` and `>6` change to them, `>8` is FNC1. */
function valuesOf(data: string): readonly number[] {
  const start = /^>[;:]/.exec(data)?.[0] ?? "";
  let subset: "B" | "C" = start === ">;" ? "C" : "B";
  const values = [subset === "C" ? START_C : START_B];
  for (const [token] of data.slice(start.length).matchAll(/>.|\d\d|./gsu)) {
    const control = CONTROLS[token];
    if (control !== undefined) {
      values.push(control.value);
      subset = control.subset ?? subset;
    } else if (subset === "C") values.push(pairOf(token));
    else values.push(...[...token].map(characterOf));
  }
  return values;
}

const CONTROLS: Readonly<Record<string, { value: number; subset?: "B" | "C" }>> = {
  ">8": { value: FNC1 },
  ">5": { value: CODE_C, subset: "C" },
  ">6": { value: CODE_B, subset: "B" },
};

function pairOf(code: string): number {
  if (!/^\d\d$/.test(code)) throw new RangeError(`Subset C holds pairs of digits, not ${code}.`);
  return Number(code);
}

function characterOf(character: string): number {
  const value = (character.codePointAt(0) ?? 0) - FIRST_CHARACTER;
  if (value < 0 || value > 94 || character === ">") throw new RangeError(`${character} is not supported.`);
  return value;
}
