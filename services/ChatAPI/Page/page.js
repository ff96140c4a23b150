import { ChatError, Conversation } from "/assets/conversation.js";
import { MessageList } from "/assets/messages.js";

const part = (id) => document.getElementById(id);
const box = part("message");
const messages = new MessageList(part("messages"), part("welcome"));

let conversation = new Conversation();
let current = null;

async function ask(text) {
  const controller = new AbortController();
  const asked = conversation;
  current = controller;
  showBusy(true);
  const answer = messages.addAnswer();
  const onRetry = () => {
    if (current === null && conversation === asked) ask(text);
  };
  try {
    const onModel = (name) => (part("notice").hidden = name !== "offline");
    for await (const piece of asked.ask(text, { signal: controller.signal, onModel })) answer.append(piece);
    answer.finish();
  } catch (error) {
    if (controller.signal.aborted) {
      answer.breakOff("Stopped.", { isError: false, onRetry });
    } else {
      const message = error instanceof ChatError ? error.message : "The answer broke off.";
      answer.breakOff(message, { isError: true, onRetry });
      if (error.needsToken) askForToken(message, onRetry);
    }
  } finally {
    if (current === controller) {
      current = null;
      showBusy(false);
    }
  }
}

function showBusy(isBusy) {
  // The button in use must not vanish under a keyboard user: focus goes back to the message.
  const hadFocus = document.activeElement === part("stop") || document.activeElement === part("send");
  part("send").hidden = isBusy;
  part("stop").hidden = !isBusy;
  if (hadFocus) box.focus();
}

function stop() {
  current?.abort();
}

function askForToken(reason, onGiven) {
  const dialog = part("access");
  part("access-reason").textContent = reason;
  part("token").value = "";
  part("access-form").onsubmit = () => {
    Conversation.useToken(part("token").value.trim());
    onGiven();
  };
  dialog.showModal();
}

part("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (text === "" || current !== null) return;
  box.value = "";
  messages.addQuestion(text);
  ask(text);
});

box.addEventListener("keydown", (event) => {
  // Enter also ends the composition of a character in many languages; it must not send then.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  part("composer").requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !part("access").open) stop();
});

part("stop").addEventListener("click", stop);
part("access-cancel").addEventListener("click", () => part("access").close());
part("new").addEventListener("click", () => {
  stop();
  current = null;
  conversation = new Conversation();
  messages.clear();
  showBusy(false);
  box.focus();
});
