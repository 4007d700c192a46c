import { useQuery } from "@tanstack/react-query";
import { useCan } from "~/app/me";
import { shortId } from "~/components/copyable";
import { codes } from "./permissions";
import { personQuery } from "./queries";

const FIVE_MINUTES = 5 * 60_000;

/** Return the name of whoever did something: a person's, read once, or the name of an API key, or a part of the system. */
export function useActorName(id: string, keyName?: string): string {
  const isPerson = !id.includes(":");
  const enabled = useCan()(codes.readPeople) && isPerson;
  const { data } = useQuery({
    ...personQuery(id),
    enabled,
    staleTime: FIVE_MINUTES,
    refetchInterval: false,
    retry: false,
  });
  return keyName ?? data?.fullName ?? (isPerson ? shortId(id) : id);
}

export function ActorName({ id, keyName }: { id: string; keyName?: string | undefined }) {
  const name = useActorName(id, keyName);
  return <span title={`${name} (${id})`}>{name}</span>;
}
