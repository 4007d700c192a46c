/** Reads CSV (RFC 4180) piece by piece, with the line on which each row begins. */

import { imports as texts } from "./texts";

export interface CsvRow {
  /** From 1. */
  line: number;
  cells: readonly string[];
  /** Why the row cannot be read. */
  error?: string;
}

type State = "start" | "plain" | "quoted" | "closed" | "skip";

export class CsvParser {
  #state: State = "start";
  #cell = "";
  #cells: string[] = [];
  #line = 1;
  #rowLine = 1;
  #error: string | undefined;
  #afterReturn = false;

  constructor(private readonly separator = ",") {}

  /** Take the next piece of the text, and return the rows that are complete. */
  push(text: string): CsvRow[] {
    const rows: CsvRow[] = [];
    for (const char of text) {
      const isSecondHalf = char === "\n" && this.#afterReturn;
      this.#afterReturn = char === "\r";
      if (isSecondHalf) {
        if (this.#state === "quoted") this.#cell += char;
        continue;
      }
      if (char === "\r" || char === "\n") this.#line += 1;
      this.#take(char, rows);
    }
    return rows;
  }

  /** Return what is left when there are no more pieces. */
  end(): CsvRow[] {
    const rows: CsvRow[] = [];
    if (this.#state === "quoted") this.#error = texts.row.open;
    this.#finishRow(rows);
    return rows;
  }

  #take(char: string, rows: CsvRow[]): void {
    if (this.#state === "quoted") this.#takeQuoted(char);
    else if (char === "\r" || char === "\n") this.#finishRow(rows);
    else if (this.#state === "skip") return;
    else if (char === this.separator) this.#finishCell();
    else this.#takePlain(char);
  }

  #takeQuoted(char: string): void {
    if (char === '"') this.#state = "closed";
    else this.#cell += char;
  }

  #takePlain(char: string): void {
    if (char === '"' && this.#state === "start") {
      this.#state = "quoted";
    } else if (this.#state === "closed" && char === '"') {
      this.#cell += char;
      this.#state = "quoted";
    } else if (this.#state === "closed") {
      this.#error = texts.row.quote;
      this.#state = "skip";
    } else {
      this.#cell += char;
      this.#state = "plain";
    }
  }

  #finishCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#state = "start";
  }

  #finishRow(rows: CsvRow[]): void {
    const isEmpty = this.#cells.length === 0 && this.#cell === "" && this.#state === "start";
    if (this.#error !== undefined) rows.push({ line: this.#rowLine, cells: [], error: this.#error });
    else if (!isEmpty) rows.push({ line: this.#rowLine, cells: [...this.#cells, this.#cell] });
    this.#cells = [];
    this.#cell = "";
    this.#error = undefined;
    this.#state = "start";
    this.#rowLine = this.#line;
  }
}

/** Return the separator that a header uses: spreadsheets write `;` or a tab where a comma is the decimal sign. */
export function separatorOf(header: string): string {
  return [",", ";", "\t"].find((separator) => header.includes(separator)) ?? ",";
}

/** Return CSV of rows. A cell that a spreadsheet would take for a formula is marked as text. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map(cellOf).join(",")).join("\r\n");
}

function cellOf(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
