import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ErrorNote } from "~/components/error-note";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { DomainCard } from "./domain-card";
import { cardsOf, isEmpty } from "./domains";
import { FirstSteps } from "./first-steps";
import styles from "./overview.module.css";
import { type Overview, overviewQuery } from "./queries";
import { texts } from "./texts";

/** The home page: what runs today in each domain that the person may see. */
export default function OverviewPage() {
  const { data, error, refetch } = useQuery(overviewQuery);
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} />
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {data !== undefined && <Cards overview={data} />}
      {data === undefined && error === null && <Loading />}
    </>
  );
}

function Cards({ overview }: { overview: Overview }) {
  const cards = useMemo(() => cardsOf(overview), [overview]);
  if (cards.length === 0) return <StateMessage kind="empty" title={texts.nothing} text={texts.nothingHint} />;
  return (
    <>
      {isEmpty(cards) && <FirstSteps domains={cards.map(({ id }) => id)} />}
      <div className={styles.cards}>
        {cards.map((card) => (
          <DomainCard key={card.id} card={card} firstHour={overview.firstHour} />
        ))}
      </div>
    </>
  );
}

function Loading() {
  return (
    <div className={styles.cards} role="status" aria-label={texts.loading}>
      {["a", "b", "c", "d"].map((key) => (
        <Skeleton key={key} height={320} radius="lg" />
      ))}
    </div>
  );
}
