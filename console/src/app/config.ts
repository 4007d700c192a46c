import { useQuery } from "@tanstack/react-query";

/** What the place that serves the console sets, in `/config.json`. */
export interface ConsoleConfig {
  /** The address of a MapLibre style with tiles; null for a plain map, which needs no network. */
  mapStyle: string | null;
  /** Whether the local stack serves the console, so that the screen "Try it" is offered. */
  local: boolean;
}

const PLAIN: ConsoleConfig = { mapStyle: null, local: false };

/** Return the settings; the plain ones until they have arrived, and where there are none. */
export function useConfig(): ConsoleConfig {
  const { data = PLAIN } = useQuery({ queryKey: ["config"], queryFn: readConfig, staleTime: Number.POSITIVE_INFINITY });
  return data;
}

async function readConfig({ signal }: { signal: AbortSignal }): Promise<ConsoleConfig> {
  const response = await fetch("/config.json", { signal });
  if (!response.ok) return PLAIN;
  return { ...PLAIN, ...((await response.json()) as Partial<ConsoleConfig>) };
}
