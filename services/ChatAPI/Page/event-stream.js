// Services show a sign of life every 15 s; who hears nothing for this long has lost the connection.
const silence = 45_000;

/**
 * Reads server-sent events from a response, however its bytes are cut: { id, data }.
 *
 * EventSource cannot be used: it sends neither POST nor headers. The rules are those of
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation.
 */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let data = [];
  let id = null;
  let watch;
  const listen = () => (watch = setTimeout(() => reader.cancel().catch(() => {}), silence));
  try {
    for (;;) {
      listen();
      const { value, done } = await reader.read().finally(() => clearTimeout(watch));
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "" && data.length > 0) {
          yield { id, data: data.join("\n") };
          data = [];
        }
        if (line.startsWith("data:")) data.push(field(line));
        if (line.startsWith("id:")) id = field(line);
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function field(line) {
  return line.slice(line.indexOf(":") + 1).replace(/^ /, "");
}

/**
 * Waits before the next attempt, longer each time, and spread so that many pages do not come back at once.
 *
 * The first attempt is made at once: an answer that nobody follows is soon stopped. A network that is there again ends
 * the wait, and so does the signal.
 */
export function pause(failures, signal) {
  const longest = failures <= 1 ? 0 : Math.min(10_000, 200 * 2 ** failures);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, longest * (0.5 + Math.random() / 2));
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
