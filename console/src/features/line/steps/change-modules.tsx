import { useState } from "react";
import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { keys, type PackDetail } from "../queries";
import { bindModule, unbindModule } from "./commands";
import { ModuleChoice } from "./module-choice";
import { RefusalNote } from "./refusal-note";
import { texts } from "./texts";

type PackModule = PackDetail["modules"][number];

/** What is asked about the modules of a pack: to take one out, to put one in, or both. */
export type ModuleChange =
  | { kind: "out" | "swap"; module: Pick<PackModule, "id" | "serial"> }
  | { kind: "in"; module?: undefined };

interface ChangeModulesProps {
  pack: PackDetail;
  change: ModuleChange;
  onClose: () => void;
}

/** Takes a module out of a pack, puts one in, or swaps one. Of a swap that stops halfway, the same dialog goes on. */
export function ChangeModules({ pack, change: { kind, module }, onClose }: ChangeModulesProps) {
  const [isOut, setOut] = useState(kind === "in");
  const [chosen, setChosen] = useState("");
  const [tried, setTried] = useState(false);
  const takeOut = useCommand({
    send: (moduleId: string, headers) => unbindModule({ id: pack.id, version: pack.version }, moduleId, headers),
    invalidates: [keys.all],
  });
  const putIn = useCommand({
    send: (moduleId: string, headers) => bindModule(pack.id, moduleId, headers),
    invalidates: [keys.all],
  });

  async function make(): Promise<void> {
    setTried(true);
    if (kind !== "out" && chosen === "") return;
    if (!isOut && module !== undefined) await takeOut.mutateAsync(module.id);
    setOut(true);
    if (kind !== "out") await putIn.mutateAsync(chosen);
    toast.success(wordsOf(kind).done);
    onClose();
  }

  const words = wordsOf(kind);
  const serial = module?.serial ?? "";
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={typeof words.title === "string" ? words.title : words.title(serial)}
      text={kind === "swap" && isOut ? texts.swap.isOut(serial) : textOf(words.text, serial)}
      action={words.action}
      reason="none"
      draft={`line.modules:${pack.id}`}
      pending={takeOut.isPending || putIn.isPending}
      note={<RefusalNote error={takeOut.error ?? putIn.error} />}
      onConfirm={make}
    >
      {kind !== "out" && (
        <ModuleChoice
          skuId={pack.skuId}
          value={chosen}
          error={tried && chosen === "" ? texts.bindModule.missing : null}
          onChange={setChosen}
        />
      )}
    </ConfirmWithReason>
  );
}

function wordsOf(kind: ModuleChange["kind"]) {
  return { out: texts.unbindModule, in: texts.bindModule, swap: texts.swap }[kind];
}

function textOf(text: string | ((serial: string) => string), serial: string): string {
  return typeof text === "string" ? text : text(serial);
}
