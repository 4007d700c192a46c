import { Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { baton } from "~/api/client";
import { ErrorNote } from "~/components/error-note";
import { StateMessage } from "~/components/state-message";
import { common } from "~/texts/common";
import { MeProvider, useMeQuery } from "./me";
import { needsNewPassword, needsSignIn } from "./query-client";
import { forget, signInPath } from "./session";
import { Shell } from "./shell";

const ChangePasswordPage = lazy(() => import("./password-page"));

/** Everything behind sign-in: who the person is, what they may do, and the shell around the pages. */
export default function Frame() {
  useSessionEnd();
  // The component renders again when one of these changes, so all of them are read before any decision.
  const { data: me, error, refetch } = useMeQuery();
  if (needsNewPassword(error) || me?.mustChangePassword) {
    return (
      <Suspense fallback={<Splash />}>
        <ChangePasswordPage />
      </Suspense>
    );
  }
  if (me !== undefined) {
    return (
      <MeProvider me={me}>
        <Shell>
          <Outlet />
        </Shell>
      </MeProvider>
    );
  }
  if (error === null || needsSignIn(error)) return <Splash />;
  return (
    <Centered>
      <StateMessage kind="offline" title={common.errors.offline} text={common.errors.offlineHint}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
      </StateMessage>
    </Centered>
  );
}

/** Leads to the sign-in page when the session ends, and back to the same page afterwards. */
function useSessionEnd(): void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  useEffect(
    () =>
      baton.session.on("ended", () => {
        forget(client);
        void navigate(signInPath(pathname + search), { replace: true });
      }),
    [client, navigate, pathname, search],
  );
}

function Splash() {
  return (
    <Centered>
      <Loader aria-label={common.list.loading} />
    </Centered>
  );
}

function Centered({ children }: { children: ReactNode }) {
  return <main style={{ display: "grid", placeItems: "center", minHeight: "100%" }}>{children}</main>;
}
