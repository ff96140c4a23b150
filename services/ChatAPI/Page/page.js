import { AccessDialog } from "/assets/access.js";
import { ChatList } from "/assets/chat-list.js";
import { EventsMode } from "/assets/events-mode.js";
import { MessageList } from "/assets/messages.js";
import { Service } from "/assets/service.js";
import { Sidebar } from "/assets/sidebar.js";
import { StreamMode } from "/assets/stream-mode.js";

const part = (id) => document.getElementById(id);
const box = part("message");
const hasEvents = document.documentElement.dataset.events === "yes";

const access = new AccessDialog(part("access"));
const service = new Service((reason) => access.ask(reason));
const messages = new MessageList(part("messages"), part("welcome"), part("jump"));
const sidebar = new Sidebar(part("sidebar"), part("stage"), part("menu"), part("scrim"));
const list = new ChatList(part("chats"), part("no-chats"), { service, confirm, onDelete });

const stream = new StreamMode(service, messages, {
  onChange: showState,
  onAnswer: () => list.refresh(),
  onModel: (name) => (part("notice").hidden = name !== "offline"),
});
const events = new EventsMode(service, messages, { onChange: showState });
let mode = stream;

// MARK: Where we are: the address after the # says it, so that a reload and the way back work.

async function show() {
  const [, place, id] = location.hash.split("/");
  const isEvents = place === "events" && hasEvents;
  const chat = place === "chat" && id ? decodeURIComponent(id) : null;
  mode.leave();
  mode = isEvents ? events : stream;
  document.querySelector(`input[name=mode][value=${isEvents ? "events" : "stream"}]`).checked = true;
  part("welcome-stream").hidden = isEvents;
  part("welcome-events").hidden = !isEvents;
  list.show(chat);
  sidebar.close();
  await mode.open(chat);
}

function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

addEventListener("hashchange", (event) => {
  // The address of a conversation that was just begun here is not a way to another place.
  if (mode === stream && location.hash === `#/chat/${stream.chat}`) return;
  show();
});

// MARK: What is going on

let wasBusy = false;

function showState() {
  const isBusy = mode?.isBusy ?? false;
  // The button in use must not vanish under a keyboard user: focus goes back to the message.
  const hadFocus = document.activeElement === part("stop") || document.activeElement === part("send");
  part("send").hidden = isBusy;
  part("stop").hidden = !isBusy;
  if (hadFocus && isBusy !== wasBusy) box.focus();
  wasBusy = isBusy;
}

part("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (text === "" || mode.isBusy) return;
  box.value = "";
  const isNew = mode === stream && stream.chat === null;
  mode.ask(text);
  if (!isNew) return;
  history.replaceState(null, "", `#/chat/${stream.chat}`);
  list.show(stream.chat);
});

box.addEventListener("keydown", (event) => {
  // Enter also ends the composition of a character in many languages; it must not send then.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  part("composer").requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.querySelector("dialog[open]") === null) mode.stop();
});

part("stop").addEventListener("click", () => mode.stop());
part("new").addEventListener("click", () => {
  go(mode === events ? "#/events" : "#/");
  box.focus();
});
part("skip").addEventListener("click", (event) => {
  event.preventDefault();
  box.focus();
});

// MARK: Modes and conversations

part("modes").hidden = !hasEvents;
part("modes").addEventListener("change", (event) => go(event.target.value === "events" ? "#/events" : "#/"));

function confirm(title) {
  const dialog = part("confirm");
  part("confirm-title").textContent = `Delete “${title}”?`;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function onDelete(chat) {
  if (mode === stream && stream.chat === chat) go("#/");
}

for (const button of document.querySelectorAll("#suggestions button")) {
  button.addEventListener("click", () => {
    box.value = button.textContent;
    part("composer").requestSubmit();
    box.focus();
  });
}

// First of all the conversation: an answer that is being made does not wait long for somebody to follow it.
show();
list.refresh();
