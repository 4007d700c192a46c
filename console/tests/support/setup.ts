import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// A loaded machine takes its time.
configure({ asyncUtilTimeout: 10_000, getElementError: (message) => new Error(message ?? "") });

// jsdom has no layout: what the components ask of it is answered as by a small window.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }) as MediaQueryList;

window.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

// Text areas that grow listen for fonts that arrive later.
if (!("fonts" in document)) Object.defineProperty(document, "fonts", { value: new EventTarget() });

Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 1000 });
Element.prototype.scrollTo ??= () => undefined;
Element.prototype.scrollIntoView ??= () => undefined;

afterEach(() => {
  cleanup();
  window.sessionStorage.clear();
});
