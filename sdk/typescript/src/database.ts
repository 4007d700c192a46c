/** An IndexedDB database with promises. It is opened by the first call, and again after the browser has closed it. */

export class Database {
  #opened: Promise<IDBDatabase> | null = null;

  constructor(
    private readonly name: string,
    private readonly create: (database: IDBDatabase) => void,
  ) {}

  async read<T>(store: string, query: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return await resultOf(query((await this.#open()).transaction(store).objectStore(store)));
  }

  /** Resolves when the changes are on the disk, since a device may lose power at any time. */
  async write(store: string, change: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#open()).transaction(store, "readwrite", { durability: "strict" });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    try {
      change(transaction.objectStore(store));
    } catch (error) {
      // What was changed before would be kept: of several events the first ones, which the app then adds again.
      transaction.abort();
      await done.catch(() => undefined);
      throw error;
    }
    await done;
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    (await opened)?.close();
  }

  #open(): Promise<IDBDatabase> {
    this.#opened ??= this.#openNow().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #openNow(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.name, 1);
    request.onupgradeneeded = () => this.create(request.result);
    const database = await resultOf(request);
    database.onversionchange = () => void this.close();
    database.onclose = () => {
      this.#opened = null;
    };
    return database;
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
