/**
 * Live fragments. `<div data-live-topic="outbox" data-live-url="/demo/outbox/" data-live-socket="ws://…/ws/live">`:
 * when the topic changed, the address is fetched and what it answers for this element replaces its content.
 * The answer may be a whole page: the element with the same id is taken from it. Without JavaScript the page's own
 * refresh link does the same.
 */

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const PING_EVERY = 25_000;
const GATHER = 150; // several changes in a moment are one reload
const LOOK_EVERY = 2_000; // where the page goes on by itself, the socket may be down

const socketAddress = (element) => {
  const given = element.dataset.liveSocket || "/ws/live";
  if (/^wss?:/.test(given)) return given;
  const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${window.location.host}${given}`;
};

class Fragment {
  constructor(element) {
    this.element = element;
    this.topic = element.dataset.liveTopic;
    this.timer = 0;
    this.loading = false;
    this.again = false;
    this.follows = element.dataset.liveFollow !== undefined;
    if (this.follows) window.setInterval(() => this.changed(), LOOK_EVERY);
  }

  changed() {
    if (document.hidden) {
      this.stale = true;
      return;
    }
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.reload(), GATHER);
  }

  shown() {
    if (this.stale) this.changed();
  }

  async reload() {
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    this.stale = false;
    try {
      const answer = await fetch(this.element.dataset.liveUrl || window.location.href, {
        credentials: "same-origin",
        headers: { "X-Requested-With": "live" },
      });
      if (answer.redirected && this.follows) this.follow(answer.url);
      else if (answer.ok) this.replace(await answer.text(), answer.redirected);
    } catch {
      this.stale = true; // the line is down: the socket's return brings another reload
    } finally {
      this.loading = false;
    }
    if (this.again) {
      this.again = false;
      this.changed();
    }
  }

  /** Once: a second page asked for while the first one comes would be shown in its place. */
  follow(address) {
    if (this.followed) return;
    this.followed = true;
    window.location.assign(address);
  }

  replace(html, elsewhere) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    const own = this.element.id && answer.getElementById(this.element.id);
    if (elsewhere && !own) return; // the sign-in page, say: not what this place is for
    const fresh = own || answer.body;
    if (fresh.innerHTML === this.element.innerHTML) return;
    const focused = this.element.contains(document.activeElement) ? document.activeElement.id : "";
    this.element.replaceChildren(...fresh.childNodes);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    this.element.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  }
}

class Line {
  constructor(address, fragments) {
    this.address = address;
    this.fragments = fragments;
    this.pause = FIRST_PAUSE;
  }

  open() {
    this.socket = new WebSocket(this.address);
    this.socket.addEventListener("open", () => this.opened());
    this.socket.addEventListener("message", (event) => this.told(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  opened() {
    const topics = [...new Set(this.fragments.map((fragment) => fragment.topic))];
    this.socket.send(JSON.stringify({ subscribe: topics }));
    this.answered = true;
    this.ping = window.setInterval(() => this.probe(), PING_EVERY);
  }

  probe() {
    if (!this.answered) {
      this.socket.close();
      return;
    }
    this.answered = false;
    this.socket.send(JSON.stringify({ ping: true }));
  }

  told(message) {
    this.answered = true;
    if (message.subscribed) {
      this.pause = FIRST_PAUSE;
      // What changed between the page's making and this moment, or while the line was down, nobody told us.
      this.fragments.forEach((fragment) => fragment.changed());
    }
    if (message.changed) {
      this.fragments.filter((fragment) => fragment.topic === message.changed).forEach((fragment) => fragment.changed());
    }
  }

  lost() {
    window.clearInterval(this.ping);
    window.setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}

/** Start every live fragment of the page: one socket for all of them. */
export function initLive(root = document) {
  const elements = [...root.querySelectorAll("[data-live-topic]")];
  if (!elements.length || !("WebSocket" in window)) return;
  const fragments = elements.map((element) => new Fragment(element));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) fragments.forEach((fragment) => fragment.shown());
  });
  new Line(socketAddress(elements[0]), fragments).open();
}
