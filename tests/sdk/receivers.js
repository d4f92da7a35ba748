// What notifications arrive at: web servers that check signatures as AWS documents it, and a mail
// server.
import assert from "node:assert/strict";
import { createVerify } from "node:crypto";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { eventually } from "./support.js";

/** A web server on a free port of `host`; `received` is what came, `answer` says what to reply:
 * a status, or [status, headers, body], perhaps later. */
export async function webServer({ tls = false, host = "127.0.0.1" } = {}) {
  const received = [];
  const server = { received, answer: () => 200 };
  const handle = (request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const entry = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() };
      received.push(entry);
      const [status, headers, body] = [await server.answer(entry)].flat();
      response.writeHead(status, headers).end(body);
    });
  };
  const folder = process.env.RIPOSTE_TEST_TLS;
  const raw = tls
    ? https.createServer({ key: readFileSync(`${folder}/server.key`), cert: readFileSync(`${folder}/server.pem`) }, handle)
    : http.createServer(handle);
  await new Promise((listening) => raw.listen(0, host, listening));
  server.url = `${tls ? "https" : "http"}://${host}:${raw.address().port}/hook`;
  server.close = () => { raw.close(); raw.closeAllConnections(); };
  server.ofType = (type) => received.filter((entry) => entry.headers["x-amz-sns-message-type"] === type);
  server.wait = (type, count = 1) => eventually(`${count} of ${type}`, () => {
    const found = server.ofType(type);
    return found.length >= count && found[count - 1];
  });
  return server;
}

let certificate;
/** Is the envelope signed by the engine? Steps of "Verifying the signatures of Amazon SNS messages". */
export async function isGenuine(envelope) {
  const url = new URL(envelope.SigningCertURL);
  assert.equal(url.origin, new URL(process.env.AWS_ENDPOINT_URL).origin, "the certificate is the engine's own");
  certificate ??= await (await fetch(url)).text();
  const names = envelope.Type === "Notification"
    ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const verify = createVerify(envelope.SignatureVersion === "2" ? "RSA-SHA256" : "RSA-SHA1");
  for (const name of names) {
    if (envelope[name] !== undefined) verify.update(`${name}\n${envelope[name]}\n`, "utf8");
  }
  return verify.verify(certificate, envelope.Signature, "base64");
}

/** Mails that came by SMTP, as {from, to, text}. */
export async function mailServer(port) {
  const mails = [];
  const server = net.createServer((socket) => {
    let [pending, mail, reading] = ["", { to: [] }, false];
    socket.write("220 test ESMTP\r\n");
    socket.on("error", () => {});
    socket.on("data", (data) => {
      pending += data.toString();
      for (;;) {
        const mark = reading ? "\r\n.\r\n" : "\r\n";
        const end = pending.indexOf(mark);
        if (end < 0) return;
        const line = pending.slice(0, end);
        pending = pending.slice(end + mark.length);
        if (reading) {
          mails.push({ ...mail, text: line });
          [mail, reading] = [{ to: [] }, false];
          socket.write("250 taken\r\n");
        } else if (/^EHLO|^HELO|^RSET|^NOOP/i.test(line)) {
          socket.write("250 test\r\n");
        } else if (/^MAIL FROM:/i.test(line)) {
          mail.from = line.match(/<(.*?)>/)[1];
          socket.write("250 ok\r\n");
        } else if (/^RCPT TO:/i.test(line)) {
          mail.to.push(line.match(/<(.*?)>/)[1]);
          socket.write("250 ok\r\n");
        } else if (/^DATA/i.test(line)) {
          reading = true;
          socket.write("354 go on\r\n");
        } else if (/^QUIT/i.test(line)) {
          socket.end("221 bye\r\n");
        } else {
          socket.write("502 unknown\r\n");
        }
      }
    });
  });
  await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
  return { mails, close: () => server.close() };
}
