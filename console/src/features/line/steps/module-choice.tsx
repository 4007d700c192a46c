import { Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { PersonChoice } from "~/components/person-choice";
import { type Module, modulesQuery } from "../queries";
import { texts } from "./texts";

/** So many are shown; who looks for another one types a part of its serial number. */
const MOST = 6;
const PAUSE_MS = 250;
const NONE: readonly Module[] = [];
const words = texts.bindModule;

interface ModuleChoiceProps {
  skuId: string;
  value: string;
  error: string | null;
  onChange: (moduleId: string) => void;
}

/**
 * One of the free modules of a SKU; a text finds those in packs too. A scanned serial number, which ends with Enter,
 * chooses its module.
 */
export function ModuleChoice({ skuId, value, error, onChange }: ModuleChoiceProps) {
  const [typed, setTyped] = useState("");
  const [entered, setEntered] = useState("");
  const [q] = useDebouncedValue(typed.trim(), PAUSE_MS);
  const { data, isPlaceholderData } = useQuery(
    modulesQuery(q === "" ? { free: true, skuId } : { status: "SEALED", skuId, q }, 1),
  );
  const found = data?.data ?? NONE;
  const shown = [...found].sort((a, b) => Number(isPacked(a)) - Number(isPacked(b))).slice(0, MOST);

  useEffect(() => {
    if (entered === "" || entered !== q || isPlaceholderData || data === undefined) return;
    setEntered("");
    const free = found.filter((module) => !isPacked(module));
    const meant = free.find(({ serial }) => serial === entered) ?? (free.length === 1 ? free[0] : undefined);
    if (meant !== undefined) onChange(meant.id);
  }, [entered, q, isPlaceholderData, data, found, onChange]);

  return (
    <>
      <TextInput
        label={words.search}
        data-autofocus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || value !== "" || typed.trim() === "") return;
          event.preventDefault();
          setEntered(typed.trim());
        }}
      />
      {data !== undefined && shown.length === 0 && <Text size="sm">{words.none}</Text>}
      <PersonChoice
        label={words.choices}
        searchLabel={words.search}
        choices={shown.map((module) => ({
          id: module.id,
          name: module.serial,
          aside: isPacked(module) ? words.inPack : words.free,
          disabled: isPacked(module),
        }))}
        value={value}
        error={error}
        onChange={onChange}
      />
      {found.length > shown.length && (
        <Text size="sm" c="dimmed">
          {words.more}
        </Text>
      )}
    </>
  );
}

function isPacked({ packId }: Module): boolean {
  return packId !== undefined;
}
