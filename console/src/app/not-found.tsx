import { Button } from "@mantine/core";
import { Link } from "react-router";
import { StateMessage } from "~/components/state-message";
import { common } from "~/texts/common";

export default function NotFound() {
  return (
    <StateMessage kind="missing" title={common.errors.notFound} text={common.errors.notFoundHint}>
      <Button component={Link} to="/" variant="default">
        {common.errors.home}
      </Button>
    </StateMessage>
  );
}
