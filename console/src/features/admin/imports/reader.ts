/** Reads a file of records piece by piece, so that the page stays usable. What is wrong with a row is found here or by the server. */

import { CsvParser, type CsvRow, separatorOf } from "./csv";
import type { Column, Dataset } from "./dataset";
import { imports as texts } from "./texts";

export interface FileRecord {
  /** The line of the file, from 1; in a JSON list the position. */
  line: number;
  value: Readonly<Record<string, unknown>>;
}

export interface RowError {
  line: number;
  field: string;
  message: string;
}

export interface Checked {
  records: readonly FileRecord[];
  errors: readonly RowError[];
}

/** The file as a whole cannot be imported; the message says why. */
export class InvalidFile extends Error {}

const MAX_BYTES = 50_000_000;
const MAX_RECORDS = 100_000;
const FORMATS: Readonly<Record<string, "csv" | "ndjson" | "json">> = {
  csv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  json: "json",
};

interface LineReader {
  push(text: string): void;
  end(): void;
}

/** Return the records of a file and the errors of its rows. Raise `InvalidFile`. */
export async function readFile(file: File, dataset: Dataset, onProgress: (share: number) => void): Promise<Checked> {
  const format = FORMATS[file.name.toLowerCase().split(".").pop() ?? ""];
  if (format === undefined) throw new InvalidFile(texts.problems.format);
  if (file.size > MAX_BYTES) throw new InvalidFile(texts.problems.size);
  const found = new Found();
  const reader = readerOf(format, dataset, found);
  let read = 0;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    for await (const bytes of chunksOf(file)) {
      reader.push(decoder.decode(bytes, { stream: true }));
      read += bytes.length;
      onProgress(Math.floor((100 * read) / file.size));
    }
    reader.push(decoder.decode());
  } catch (error) {
    throw error instanceof TypeError ? new InvalidFile(texts.problems.encoding) : error;
  }
  reader.end();
  if (found.records.length + found.errors.length === 0) throw new InvalidFile(texts.problems.empty);
  return found;
}

const CHUNK = 256 * 1024;

async function* chunksOf(file: File): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < file.size; start += CHUNK) {
    yield new Uint8Array(await file.slice(start, start + CHUNK).arrayBuffer());
    // Lets the page react between two pieces.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

class Found implements Checked {
  readonly records: FileRecord[] = [];
  readonly errors: RowError[] = [];

  add(line: number, value: unknown, dataset: Dataset): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.reject(line, texts.row.record, texts.row.object);
      return;
    }
    const record = value as Record<string, unknown>;
    const missing = dataset.columns.filter(({ name, required }) => required && !(name in record));
    for (const { name } of missing) this.reject(line, name, texts.row.required);
    if (missing.length === 0) this.records.push({ line, value: record });
    if (this.records.length > MAX_RECORDS) throw new InvalidFile(texts.problems.count);
  }

  reject(line: number, field: string, message: string): void {
    this.errors.push({ line, field, message });
  }
}

function readerOf(format: "csv" | "ndjson" | "json", dataset: Dataset, found: Found): LineReader {
  if (format === "csv") return new CsvReader(dataset, found);
  return format === "ndjson" ? new NdjsonReader(dataset, found) : new JsonReader(dataset, found);
}

class NdjsonReader implements LineReader {
  #rest = "";
  #line = 0;

  constructor(
    private readonly dataset: Dataset,
    private readonly found: Found,
  ) {}

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
  }

  end(): void {
    this.#take(this.#rest);
  }

  #take(text: string): void {
    this.#line += 1;
    if (text.trim() === "") return;
    try {
      this.found.add(this.#line, JSON.parse(text), this.dataset);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.found.reject(this.#line, texts.row.record, texts.row.json);
    }
  }
}

class JsonReader implements LineReader {
  #text = "";

  constructor(
    private readonly dataset: Dataset,
    private readonly found: Found,
  ) {}

  push(text: string): void {
    this.#text += text;
  }

  end(): void {
    const records = listOf(this.#text);
    if (records === null) throw new InvalidFile(texts.problems.json);
    records.forEach((value, index) => {
      this.found.add(index + 1, value, this.dataset);
    });
  }
}

/** Return the records of a JSON list, or of the body of a request as the API takes it. */
function listOf(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    const records = Array.isArray(value) ? value : (value as { records?: unknown } | null)?.records;
    return Array.isArray(records) ? records : null;
  } catch {
    return null;
  }
}

class CsvReader implements LineReader {
  #head = "";
  #parser: CsvParser | null = null;
  #columns: readonly Column[] | null = null;

  constructor(
    private readonly dataset: Dataset,
    private readonly found: Found,
  ) {}

  push(text: string): void {
    if (this.#parser !== null) {
      this.#take(this.#parser.push(text));
      return;
    }
    this.#head += text;
    const end = this.#head.search(/[\r\n]/);
    if (end >= 0) this.#begin(this.#head.slice(0, end));
  }

  end(): void {
    const parser = this.#parser ?? this.#begin(this.#head);
    this.#take(parser.end());
  }

  #begin(header: string): CsvParser {
    const parser = new CsvParser(separatorOf(header));
    this.#parser = parser;
    this.#take(parser.push(this.#head));
    return parser;
  }

  #take(rows: readonly CsvRow[]): void {
    for (const row of rows) {
      if (this.#columns === null) this.#columns = columnsOf(row, this.dataset.columns);
      else this.#add(row, this.#columns);
    }
  }

  #add({ line, cells, error }: CsvRow, columns: readonly Column[]): void {
    if (error !== undefined) {
      this.found.reject(line, texts.row.record, error);
      return;
    }
    if (cells.length !== columns.length) {
      this.found.reject(line, texts.row.record, texts.row.cells(cells.length, columns.length));
      return;
    }
    const record: Record<string, unknown> = {};
    const wrong = columns.filter((column, index) => {
      const value = cellValue(cells[index] ?? "", column);
      if (value instanceof InvalidCell) this.found.reject(line, column.name, value.message);
      else if (value !== undefined) record[column.name] = value;
      return value instanceof InvalidCell;
    });
    if (wrong.length === 0) this.found.add(line, record, this.dataset);
  }
}

/** Return the columns that a header names. Raise `InvalidFile` if one is unknown or repeated, or a required one is missing. */
function columnsOf({ cells, error }: CsvRow, known: readonly Column[]): readonly Column[] {
  if (error !== undefined) throw new InvalidFile(error);
  const names = cells.map((cell) => cell.trim());
  const columns = names.map((name, index) => {
    const column = known.find((one) => one.name === name);
    if (column === undefined) {
      throw new InvalidFile(texts.problems.unknownColumn(name.slice(0, 40), known.map((one) => one.name).join(", ")));
    }
    if (names.indexOf(name) !== index) throw new InvalidFile(texts.problems.repeatedColumn(name));
    return column;
  });
  const missing = known.find(({ name, required }) => required && !names.includes(name));
  if (missing !== undefined) throw new InvalidFile(texts.problems.missingColumn(missing.name));
  return columns;
}

class InvalidCell {
  constructor(readonly message: string) {}
}

/** Return the value of a cell; undefined if it is empty. */
function cellValue(cell: string, { type }: Column): unknown {
  if (cell === "") return undefined;
  if (type === "integer" || type === "number") {
    return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(cell) ? Number(cell) : new InvalidCell(texts.row.number);
  }
  if (type === "boolean") {
    return /^(true|false)$/i.test(cell) ? cell.toLowerCase() === "true" : new InvalidCell(texts.row.boolean);
  }
  if (type !== "array" && type !== "object") return cell;
  if (type === "object" || cell.trimStart().startsWith("[")) return jsonOf(cell);
  return cell
    .split("|")
    .map((part) => part.trim())
    .filter(Boolean);
}

function jsonOf(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return new InvalidCell(texts.row.list);
  }
}
