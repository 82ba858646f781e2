/** @file A program that tries every way out of the sandbox, and says what became of it. */
const url = "ADDRESS";
const refused = (way) => (error) => console.log(way, "refused", error.name);
const sent = () => console.log("sent");

await fetch(url).then(sent, refused("fetch"));
await fetch(url, { mode: "no-cors" }).then(sent, refused("no-cors"));
await import(url).then(sent, refused("import"));
try {
  importScripts(url);
  sent();
} catch (error) {
  refused("script")(error);
}
await new Promise((resolve) => {
  const socket = new WebSocket(url.replace("http", "ws"));
  socket.onopen = () => resolve(sent());
  socket.onerror = () => resolve(console.log("socket refused"));
});
await new Promise((resolve) => {
  const request = new XMLHttpRequest();
  request.open("POST", url);
  request.onload = () => resolve(sent());
  request.onerror = () => resolve(console.log("request refused"));
  request.send("secret");
});
const inner = `fetch("${url}").then(() => postMessage("sent"), () => postMessage("refused"))`;
const worker = new Worker(`data:text/javascript,${encodeURIComponent(inner)}`);
await new Promise((resolve) => {
  worker.onmessage = ({ data }) => resolve(console.log("a worker of its own", data));
});
for (const name of ["document", "localStorage", "cookieStore", "parent"])
  console.log(name, typeof globalThis[name]);
try {
  indexedDB.open("x");
  console.log("stored");
} catch (error) {
  refused("storage")(error);
}
