import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { tokens } from "~/api/client";
import { clearDrafts, keepDraftsOf, useDraft } from "./drafts";

const EMPTY = { note: "", count: 1 };

function signInAs(userId: string): void {
  const expiresAt = Date.now() + 3_600_000;
  tokens.write({ accessToken: "a", refreshToken: "r", expiresAt, userId, mustChangePassword: false });
}

beforeEach(() => signInAs("user-1"));

test("input outlives the form", () => {
  const first = renderHook(() => useDraft("form", EMPTY));
  act(() => first.result.current.change({ note: "half a sentence" }));
  first.unmount();
  const { result } = renderHook(() => useDraft("form", EMPTY));
  expect(result.current.value).toEqual({ note: "half a sentence", count: 1 });
  expect(result.current.dirty).toBe(true);
});

test("a draft that was sent is forgotten", () => {
  const { result } = renderHook(() => useDraft("form", EMPTY));
  act(() => result.current.change({ note: "sent" }));
  act(() => result.current.clear());
  expect(result.current.value).toEqual(EMPTY);
  expect(window.sessionStorage.getItem("baton.draft:user-1:form")).toBeNull();
});

test("a form that shows another thing has another draft", () => {
  const { result, rerender } = renderHook(({ id }) => useDraft(`form:${id}`, EMPTY), { initialProps: { id: "1" } });
  act(() => result.current.change({ note: "about 1" }));
  rerender({ id: "2" });
  expect(result.current.value.note).toBe("");
  rerender({ id: "1" });
  expect(result.current.value.note).toBe("about 1");
});

test("nobody sees the drafts of somebody else", () => {
  const { result } = renderHook(() => useDraft("form", EMPTY));
  act(() => result.current.change({ note: "mine" }));
  keepDraftsOf("user-2");
  signInAs("user-2");
  expect(renderHook(() => useDraft("form", EMPTY)).result.current.value.note).toBe("");
  expect(JSON.stringify({ ...window.sessionStorage })).not.toContain("mine");
});

test("sign-out removes all drafts", () => {
  const { result } = renderHook(() => useDraft("form", EMPTY));
  act(() => result.current.change({ note: "mine" }));
  clearDrafts();
  expect(Object.keys(window.sessionStorage)).toEqual(["baton.session"]);
});
