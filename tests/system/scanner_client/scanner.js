// A pick scanner's client, as app teams write them: it shows what the server says, works nothing out for itself, and keeps
// what happened in a queue until the server has said what became of it. Plain JavaScript, no library.

const QUEUE = "pick-scanner-queue";

export class Refused extends Error {
  constructor(answer) {
    super(`${answer.status} ${answer.body?.error?.code}`);
    this.answer = answer;
  }
}

export class Scanner {
  constructor(base, deviceId) {
    this.base = base;
    this.deviceId = deviceId;
    this.session = null;
    this.loseNextAnswer = false;
  }

  // --- signing in and out ---------------------------------------------------------------------------------------------

  async signIn(username, password) {
    const answer = await this.call("POST", "/auth/login", { username, password }, { signedIn: false });
    this.session = answer.body;
    return answer;
  }

  async refresh() {
    const body = { refresh_token: this.session.refresh_token };
    const answer = await this.call("POST", "/auth/refresh", body, { signedIn: false });
    this.session = { ...this.session, ...answer.body };
    return answer;
  }

  async signOut() {
    return this.call("POST", "/auth/logout", { refresh_token: this.session.refresh_token });
  }

  // --- what is shown and what is to be done ---------------------------------------------------------------------------

  async state() {
    return (await this.call("GET", "/scanner/state")).body;
  }

  async next() {
    const body = { device_id: this.deviceId, company_id: this.session.company_id, role: this.session.role };
    return (await this.call("POST", "/assignments/next", body)).body;
  }

  // --- the queue ------------------------------------------------------------------------------------------------------

  get queue() {
    return JSON.parse(localStorage.getItem(QUEUE) ?? "[]");
  }

  set queue(events) {
    localStorage.setItem(QUEUE, JSON.stringify(events));
  }

  put(eventType, payload) {
    const event = {
      client_event_id: crypto.randomUUID(),
      event_type: eventType,
      payload,
      created_at: new Date().toISOString(),
      device_id: this.deviceId,
      company_id: this.session.company_id,
      user_id: this.session.user_id,
      status: "pending",
      retries: 0,
    };
    this.queue = [...this.queue, event];
    return event;
  }

  scan(raw, assignmentId) {
    const at = new Date().toISOString();
    return this.put("scan_received", { raw, assignment_id: assignmentId, order_id: assignmentId, at });
  }

  // Sends the whole queue. The answer's statuses stand in the order of the events; what was taken leaves the queue, and
  // what was rejected stays in it with its reason, for somebody to look at.
  async flush() {
    const sent = this.queue;
    const { body } = await this.call("POST", "/events/batch", { events: sent });
    if (this.loseNextAnswer) {
      this.loseNextAnswer = false;
      throw new TypeError("the answer was lost on the way");
    }
    const kept = [];
    sent.forEach((event, index) => {
      const status = body.status[index];
      if (status.result === "rejected") {
        kept.push({ ...event, status: "rejected", reason: status.reason, retries: event.retries + 1 });
      }
    });
    this.queue = [...kept, ...this.queue.slice(sent.length)];
    return body.status;
  }

  // --- the line to the server -----------------------------------------------------------------------------------------

  async call(method, path, body, { signedIn = true, headers = {} } = {}) {
    const sent = { ...headers };
    if (body !== undefined) sent["Content-Type"] = "application/json";
    if (signedIn && this.session) sent.Authorization = `Bearer ${this.session.access_token}`;
    const response = await fetch(this.base + path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      type: response.type,
      body: text === "" ? null : JSON.parse(text),
      headers: Object.fromEntries(response.headers),
    };
    if (!response.ok) throw new Refused(answer);
    return answer;
  }
}
