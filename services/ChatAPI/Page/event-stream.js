// Reads the data of server-sent events from a response, however its bytes are cut.
// EventSource cannot be used: it sends neither POST nor headers.
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block
          .split("\n")
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5).replace(/^ /, ""));
        if (data.length > 0) yield JSON.parse(data.join("\n"));
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
