/**
 * What stands between a page and the real server: a proxy on loopback that can be told to break things, and the
 * host pages that the widget is embedded in. One origin for both, as on a clinic's own site.
 *
 * A fault is for one request of the channel:
 *   503      refused before the server hears of it      before   cut before the server hears of it
 *   after    cut when the server has done the work      half     cut in the middle of the response
 *   slow     answered `ms` later                        twice    sent to the server twice, as a proxy in doubt does
 *   lost     never answered, and not cut either: a dead cell
 *   silent   a stream that opens, and then says nothing, not even that it lives
 */
import { createServer, request as ask } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

import { POLICY } from "../../dev/server.mjs";

export const CHANNEL = "/webhooks/widget";
/** The care team's number in the page's own words, as an owner would write it. */
export const PAGE_LINK = "tel:+442079460000";

/**
 * @param {{url: string}} server the real server
 * @returns `url`; `plan`, a function from {method, path} to a fault or null, asked for each request of the channel;
 *   `down`: cut everything; `health`: when the last fault was over, and how long the server itself took in all; `cutAll()`; `close()`
 */
export async function startProxy(server) {
  const target = new URL(server.url);
  const sockets = new Set();
  const proxy = { plan: () => null, down: false, health: { since: 0, faults: 0, server: 0 }, log: [] };

  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });

  async function handle(request, response) {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    if (pathname === "/host") return host(response, searchParams);
    if (pathname === "/host.css") return void response.writeHead(200, { "content-type": "text/css" }).end(HOST_CSS);
    if (proxy.down) return void request.socket.destroy();
    const body = await read(request);
    const path = pathname.startsWith(CHANNEL) ? pathname.slice(CHANNEL.length) : null;
    const fault = path === null ? null : proxy.plan({ method: request.method, path, body });
    if (path !== null) proxy.log.push(`${request.method} ${path} ${fault ? JSON.stringify(fault) : "-"}`);
    if (fault) proxy.health.faults++;
    const over = () => fault && (proxy.health.since = Date.now());
    switch (fault?.kind) {
      case "503":
        response.writeHead(503, { "content-type": "text/html" }).end("<h1>503</h1>");
        return over();
      case "before":
        request.socket.destroy();
        return over();
      case "lost":
        // The network is back as soon as this one request is gone: nobody tells the page.
        return over();
      case "silent":
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(": open\n\n");
        return over();
      case "slow":
        await wait(fault.ms);
        break;
      case "twice":
        await forward(request, body).then(({ incoming }) => incoming.resume(), () => undefined);
        break;
    }
    let answer;
    try {
      answer = await forward(request, body);
    } catch {
      // The server is down: no proxy of a hospital hides that.
      over();
      return void request.socket.destroy();
    }
    const { incoming } = answer;
    if (fault?.kind === "after") {
      for await (const _ of incoming);
      request.socket.destroy();
      return over();
    }
    if (fault?.kind === "half") {
      const whole = Buffer.concat(await incoming.toArray());
      response.writeHead(incoming.statusCode, incoming.headers);
      response.write(whole.subarray(0, whole.length / 2));
      await wait(20);
      request.socket.destroy();
      return over();
    }
    response.writeHead(incoming.statusCode, incoming.headers);
    response.flushHeaders();
    incoming.pipe(response);
    response.on("close", () => incoming.destroy());
    incoming.on("error", () => response.destroy());
    over();
  }

  function forward({ method, url, headers }, body) {
    const begin = Date.now();
    return new Promise((resolve, reject) => {
      const outgoing = ask({ host: target.hostname, port: target.port, method, path: url, headers: { ...headers, connection: "close" } });
      outgoing.on("response", (incoming) => {
        proxy.health.server += Date.now() - begin;
        resolve({ incoming });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${http.address().port}`,
    /** Cuts all open connections, as a restarted router does. */
    cutAll: () => sockets.forEach((socket) => socket.destroy()),
    close: () => (http.closeAllConnections(), new Promise((resolve) => http.close(resolve))),
  });
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A clinic's page: `dir`, `lang`, `attributes` of the element, `script=none`, `widget=none` from the address. */
function host(response, params) {
  const element = params.get("attributes") ?? "";
  const script = params.get("script") === "none" ? "" : '<script src="/widget/loader.js" defer></script>';
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY });
  response.end(`<!doctype html>
<html lang="${params.get("lang") ?? "en-GB"}" dir="${params.get("dir") ?? "ltr"}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>After treatment</title><link rel="icon" href="/demo/icon.svg"><link rel="stylesheet" href="/host.css">${script}</head>
<body><header><p>Example blood cancer clinic</p></header>
<main><h1>After treatment: what to look out for</h1>
<p>This page belongs to the clinic. <a href="/demo">Another page</a></p>
<form><label>Search <input type="search" name="q"></label> <button type="button">Go</button></form>
<signpost-chat ${element}><a href="${PAGE_LINK}">Call your care team: 020 7946 0000</a></signpost-chat>
</main></body></html>`);
}

const HOST_CSS = `
html { color-scheme: light; font-size: 18px; background: #fff; color: #111 }
body { margin: 0; font: 1rem/1.6 Georgia, serif }
header, main { padding: 1rem }
main { padding-bottom: 6rem }
button { background: #060; color: #fff; border: 3px solid #030; padding: 1rem }
input { border: 2px solid #777; min-height: 2.75rem }
a { color: #00c; display: inline-block; min-height: 2.75rem; line-height: 2.75rem }
`;
