import { useCallback, useState } from "react";
import type { Answer, Call, People } from "./people";
import { SignInFailed } from "./people";
import { isExpected, type Memory, type Story } from "./story";
import { texts } from "./texts";

/** A step that was played. */
export interface Played {
  call: Call;
  answer: Answer;
  expected: boolean;
}

interface State {
  played: readonly Played[];
  memory: Memory;
  sending: boolean;
  problem: string | null;
}

const BEGINNING: State = { played: [], memory: {}, sending: false, problem: null };

/** Return how far a story has come, and functions that play its next step and begin it anew. */
export function useStory(story: Story, people: People) {
  const [state, setState] = useState(BEGINNING);
  const isStuck = state.played.at(-1)?.expected === false;
  const done = isStuck ? state.played.slice(0, -1) : state.played;
  const step = story.steps[done.length];

  const play = useCallback(async () => {
    if (step === undefined) return;
    setState((before) => ({ ...before, sending: true, problem: null }));
    try {
      if (done.length === 0) await story.prepare?.(people);
      const call = await step.call(state.memory, people);
      const answer = await people.send(call);
      const expected = isExpected(step, answer);
      setState((before) => ({
        played: [...done, { call, answer, expected }],
        memory: expected ? { ...before.memory, ...step.keep?.(answer.body) } : before.memory,
        sending: false,
        problem: null,
      }));
    } catch (error) {
      setState((before) => ({ ...before, sending: false, problem: problemOf(error) }));
    }
  }, [step, done, story, people, state.memory]);

  return { ...state, step, isStuck, play, begin: () => setState(BEGINNING) };
}

function problemOf(error: unknown): string {
  return error instanceof SignInFailed ? texts.wrongPassword(error.message) : texts.unreachable;
}
