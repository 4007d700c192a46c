/** Reads the part of ZPL that the labels of boxes use. A command that is not known is reported, so a preview never lies. */

import { code128Widths } from "./code128";

interface Placed {
  /** In dots, from the left edge and the top of the label. */
  x: number;
  y: number;
}

export type LabelElement =
  | (Placed & { kind: "text"; text: string; height: number; width: number; centredIn: number | null })
  | (Placed & { kind: "box"; width: number; height: number; thickness: number })
  | (Placed & { kind: "barcode"; module: number; height: number; widths: readonly number[] })
  | (Placed & { kind: "graphic"; runs: readonly Run[] });

/** Black dots beside each other, from the left edge and the top of a graphic. */
export interface Run {
  left: number;
  top: number;
  width: number;
}

export interface Label {
  /** In dots. */
  width: number;
  height: number;
  elements: readonly LabelElement[];
  /** The commands that the preview leaves out. */
  unknown: readonly string[];
}

interface Field extends Placed {
  data: string | null;
  /** Announces bytes in hex. */
  hexSign: string | null;
  size: readonly [height: number, width: number];
  centredIn: number | null;
  barcode: { height: number } | null;
}

const DEFAULT_SIZE = [30, 30] as const;
/** Commands without effect on what is drawn here: begin, end, and the character set, which is UTF-8. */
const SILENT = new Set(["XA", "XZ", "CI"]);

/** Return what a label shows. */
export function parseZpl(zpl: string): Label {
  const reader = new Reader();
  for (const part of zpl.split("^").slice(1)) reader.read(part.replace(/[\r\n]+$/, ""));
  return reader.label();
}

class Reader {
  #width = 0;
  #height = 0;
  #home: Placed = { x: 0, y: 0 };
  #bars = { module: 2, height: 10 };
  #field: Field = emptyField();
  readonly #elements: LabelElement[] = [];
  readonly #unknown = new Set<string>();

  readonly #commands: Readonly<Record<string, (rest: string) => void>> = {
    PW: (rest) => {
      this.#width = numbersOf(rest)[0] ?? 0;
    },
    LL: (rest) => {
      this.#height = numbersOf(rest)[0] ?? 0;
    },
    LH: (rest) => {
      const [x = 0, y = 0] = numbersOf(rest);
      this.#home = { x, y };
    },
    BY: (rest) => {
      const [module = this.#bars.module, , height = this.#bars.height] = numbersOf(rest);
      this.#bars = { module, height };
    },
    FO: (rest) => {
      const [x = 0, y = 0] = numbersOf(rest);
      Object.assign(this.#field, { x: x + this.#home.x, y: y + this.#home.y });
    },
    A0: (rest) => {
      const [, height = DEFAULT_SIZE[0], width = height] = numbersOf(rest);
      this.#field.size = [height, width];
    },
    FB: (rest) => {
      const [width = 0, , , justification = ""] = rest.split(",");
      this.#field.centredIn = justification === "C" ? Number(width) : null;
    },
    BC: (rest) => {
      const [, height = this.#bars.height] = numbersOf(rest);
      this.#field.barcode = { height };
    },
    FH: (rest) => {
      this.#field.hexSign = rest === "" ? "_" : rest;
    },
    FD: (rest) => {
      this.#field.data = rest;
    },
    GB: (rest) => {
      const [width = 0, height = 0, thickness = 1] = numbersOf(rest);
      this.#add({ kind: "box", width: Math.max(width, thickness), height: Math.max(height, thickness), thickness });
    },
    GF: (rest) => {
      const runs = runsOf(rest);
      if (runs === null) this.#unknown.add("^GF");
      else this.#add({ kind: "graphic", runs });
    },
    FS: () => this.#endField(),
  };

  read(part: string): void {
    const name = part.slice(0, 2).toUpperCase();
    const command = this.#commands[name];
    if (command !== undefined) command(part.slice(2));
    else if (!SILENT.has(name)) this.#unknown.add(`^${name}`);
  }

  label(): Label {
    const { width, height } = { width: this.#width, height: this.#height };
    return { width, height, elements: this.#elements, unknown: [...this.#unknown] };
  }

  #endField(): void {
    const { data, hexSign, size, centredIn, barcode } = this.#field;
    if (data !== null) {
      const text = hexSign === null ? data : unescaped(data, hexSign);
      if (barcode === null) this.#add({ kind: "text", text, height: size[0], width: size[1], centredIn });
      else this.#addBarcode(text, barcode.height);
    }
    this.#field = emptyField();
  }

  #addBarcode(data: string, height: number): void {
    try {
      this.#add({ kind: "barcode", module: this.#bars.module, height, widths: code128Widths(data) });
    } catch {
      this.#unknown.add("^BC");
    }
  }

  #add(element: WithoutPlace<LabelElement>): void {
    const { x, y } = this.#field;
    this.#elements.push({ ...element, x, y });
  }
}

type WithoutPlace<Element> = Element extends Placed ? Omit<Element, keyof Placed> : never;

function emptyField(): Field {
  return { x: 0, y: 0, data: null, hexSign: null, size: DEFAULT_SIZE, centredIn: null, barcode: null };
}

/** Return the parameters of a command; what is no number is undefined, so that its default holds. */
function numbersOf(parameters: string): readonly (number | undefined)[] {
  return parameters.split(",").map((parameter) => (/^\d+$/.test(parameter) ? Number(parameter) : undefined));
}

/** Return the black dots of a graphic in hexadecimal (`A`), in which a comma ends a row; null for other forms. */
function runsOf(parameters: string): readonly Run[] | null {
  const [, bytes, rowBytes, data] = /^A,\d+,(\d+),(\d+),([0-9A-Fa-f,]*)$/.exec(parameters) ?? [];
  if (data === undefined) return null;
  const digits = Number(rowBytes) * 2;
  const rows: string[] = [];
  for (let at = 0; at < data.length; ) {
    const comma = data.indexOf(",", at);
    const isCut = comma !== -1 && comma < at + digits;
    const end = isCut ? comma : at + digits;
    rows.push(data.slice(at, end));
    at = isCut ? end + 1 : end;
  }
  if (rows.length * Number(rowBytes) !== Number(bytes)) return null;
  return rows.flatMap((row, top) => {
    const dots = Array.from(row, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
    return Array.from(dots.matchAll(/1+/g), (run) => ({ left: run.index, top, width: run[0].length }));
  });
}

/** Return text whose hex escapes, such as `_C3_A9`, are the bytes of UTF-8. */
function unescaped(text: string, sign: string): string {
  const run = new RegExp(`(?:\\${sign}[0-9A-Fa-f]{2})+`, "g");
  return text.replace(run, (escapes) => {
    const bytes = escapes.split(sign).slice(1);
    return new TextDecoder().decode(Uint8Array.from(bytes, (hex) => Number.parseInt(hex, 16)));
  });
}
