// Shows the API's documents with Scalar, and signs in so that requests can be tried.
// The token lives in this page only: it is stored nowhere and is gone after a reload.
import { createApiReference } from "./standalone.esm.js";

const SOURCES = [
  { title: "HTTP", slug: "http", url: "/api/v1/openapi.json", default: true },
  { title: "Sockets", slug: "sockets", url: "/api/v1/asyncapi.json" },
];

// Everything that would contact another host is off.
const OFFLINE = {
  proxyUrl: "",
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
};

const form = document.getElementById("sign-in");
const signOut = document.getElementById("sign-out");
const status = document.getElementById("status");

const configured = (token) => ({
  ...OFFLINE,
  sources: SOURCES,
  persistAuth: false,
  authentication: { preferredSecurityScheme: "bearerAuth", securitySchemes: { bearerAuth: { token } } },
});

let session = null;
const reference = createApiReference("#reference", configured(""));

async function post(path, body, token) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`/api/v1/auth/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer;
}

function show(next, text) {
  session = next;
  form.hidden = session !== null;
  signOut.hidden = session === null;
  status.textContent = text;
  reference.updateConfiguration(configured(session ? session.accessToken : ""));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(form));
  try {
    const answer = await post("login", { username, password });
    form.reset();
    show(answer, `Signed in as ${username}.`);
  } catch (error) {
    status.textContent = error.message;
  }
});

signOut.addEventListener("click", async () => {
  const { accessToken, refreshToken } = session;
  show(null, "Signed out.");
  await post("logout", { refreshToken }, accessToken).catch((error) => {
    status.textContent = error.message;
  });
});
