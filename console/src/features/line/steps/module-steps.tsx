import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import { keys, type ModuleDetail } from "../queries";
import { type CellFate, scrapModule } from "./commands";
import { MAY_STEP } from "./permissions";
import { RefusalNote } from "./refusal-note";
import { texts } from "./texts";

const words = texts.scrapping;

/** The steps by which a module leaves the line: it is scrapped, with or without its cells. */
export function ModuleSteps({ module: { id, version, status, cellsBound } }: { module: ModuleDetail }) {
  const [cells, setCells] = useState<CellFate>("free");
  return (
    <Can permission={MAY_STEP.scrapModule}>
      <StepWithReason
        shown={status !== "SCRAPPED"}
        texts={words}
        danger
        draft={`line.scrap:${id}`}
        send={(reason, headers) => scrapModule({ id, version }, { reason, cells }, headers)}
        invalidates={[keys.all]}
        note={(error) => <RefusalNote error={error} />}
      >
        {cellsBound === 0 ? (
          <Text size="sm">{words.none}</Text>
        ) : (
          <Radio.Group label={words.cells} value={cells} onChange={(next) => setCells(next as CellFate)}>
            <Stack gap="xs" mt={6}>
              <Radio value="free" label={words.free} description={words.freeHint} />
              <Radio value="scrap" label={words.scrap} description={words.scrapHint} />
            </Stack>
          </Radio.Group>
        )}
      </StepWithReason>
    </Can>
  );
}
