import { Button, TextInput } from "@mantine/core";
import { IconBarcode } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "~/api/errors";
import { messageOf } from "~/components/error-note";
import styles from "./packing.module.css";
import { type Found, lookUp } from "./queries";
import { texts } from "./texts";

interface LookupFormProps {
  label: string;
  /** The shipment for which license plates are looked up. */
  shipmentId?: string;
  onFound: (found: Found) => void;
}

/** Finds what a barcode names. A scanner that types and ends with Enter works here. What was typed stays after an error. */
export function LookupForm({ label, shipmentId, onFound }: LookupFormProps) {
  const [barcode, setBarcode] = useState("");
  const errorId = useId();
  const search = useMutation({ mutationFn: (text: string) => lookUp({ barcode: text, shipmentId }), onSuccess: found });
  function found(result: Found): void {
    setBarcode("");
    onFound(result);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    const text = barcode.trim();
    if (text !== "") search.mutate(text);
  }
  return (
    <form className={styles.lookup} onSubmit={submit}>
      <TextInput
        label={label}
        placeholder={texts.lookup.placeholder}
        leftSection={<IconBarcode size={16} />}
        value={barcode}
        error={search.isError}
        aria-describedby={search.isError ? errorId : undefined}
        onChange={(event) => {
          search.reset();
          setBarcode(event.currentTarget.value);
        }}
      />
      <Button type="submit" variant="default" loading={search.isPending}>
        {texts.lookup.action}
      </Button>
      {search.isError && (
        <p className={styles.lookupError} id={errorId} role="alert">
          {reasonOf(search.error, shipmentId)}
        </p>
      )}
    </form>
  );
}

function reasonOf(error: Error, shipmentId: string | undefined): string {
  const isPlate = shipmentId === undefined && error instanceof ApiError && error.code === "VALIDATION_ERROR";
  return isPlate ? texts.lookup.plateAlone : messageOf(error);
}
