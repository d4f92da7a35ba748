// The Node.js side of the function runner: one process, one invocation at a time.
//
// Speaks the Lambda runtime API (2018-06-01) over the Unix socket in RIPOSTE_RUNTIME_SOCKET, below
// the path in RIPOSTE_RUNTIME_PATH. Output protocol: see bootstrap.py.
import { createRequire } from "node:module";
import { existsSync, writeSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import util from "node:util";

const socketPath = process.env.RIPOSTE_RUNTIME_SOCKET;
const prefix = process.env.RIPOSTE_RUNTIME_PATH + "/2018-06-01/runtime";
delete process.env.RIPOSTE_RUNTIME_SOCKET;
delete process.env.RIPOSTE_RUNTIME_PATH;

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let currentId = "";

function request(method, target, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { socketPath, agent, method, path: prefix + target, headers: body === undefined ? headers
        : { ...headers, "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) } },
      (reply) => {
        const parts = [];
        reply.on("data", (part) => parts.push(part));
        reply.on("end", () => resolve({ status: reply.statusCode, headers: reply.headers,
          body: Buffer.concat(parts).toString() }));
        reply.on("error", reject);
      });
    sent.setTimeout(0);
    sent.on("error", reject);
    sent.end(body);
  });
}

/** One record of the log, whatever line breaks it holds. */
function writeRecord(text) {
  const line = text.replace(/\r\n/g, "\n").replace(/\n+$/, "").replace(/\n/g, "\r") + "\n";
  const bytes = Buffer.from(line);
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

for (const [method, level] of [["log", "INFO"], ["info", "INFO"], ["debug", "DEBUG"],
  ["warn", "WARN"], ["error", "ERROR"], ["trace", "TRACE"]]) {
  console[method] = (...values) => writeRecord(
    `${new Date().toISOString()}\t${currentId || "undefined"}\t${level}\t${util.format(...values)}`);
}

function toDocument(error, requestId) {
  const known = error instanceof Error || (error && typeof error === "object" && "message" in error);
  const document = {
    errorType: known ? String(error.name ?? "Error") : typeof error,
    errorMessage: known ? String(error.message) : String(error),
  };
  if (requestId) document.requestId = requestId;
  document.trace = known && error.stack ? String(error.stack).split("\n") : [];
  return document;
}

function headerSafe(text) {
  return String(text).replace(/[^A-Za-z0-9._]/g, "") || "Error";
}

function fault(errorType, message) {
  const error = new Error(message);
  error.name = errorType;
  return error;
}

async function loadHandler() {
  const handler = process.env._HANDLER ?? "";
  const root = process.env.LAMBDA_TASK_ROOT ?? process.cwd();
  const base = path.basename(handler);
  const dot = base.indexOf(".");
  if (dot < 1 || handler.split("/").includes("..")) {
    throw fault("Runtime.MalformedHandlerName", `Bad handler '${handler}'`);
  }
  const modulePath = path.join(root, path.dirname(handler), base.slice(0, dot));
  const names = base.slice(dot + 1).split(".");
  let module;
  try {
    const file = ["", ".js", ".mjs", ".cjs"].map((end) => modulePath + end)
      .find((name) => existsSync(name) && path.extname(name) !== "");
    if (file === undefined) {
      throw fault("Runtime.ImportModuleError", `Cannot find module '${base.slice(0, dot)}'`);
    }
    if (file.endsWith(".mjs")) {
      module = await import(pathToFileURL(file));
    } else {
      try {
        module = createRequire(pathToFileURL(path.join(root, "index.js")))(file);
      } catch (error) {
        if (error.code !== "ERR_REQUIRE_ESM") throw error;
        module = await import(pathToFileURL(file));
      }
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw fault("Runtime.UserCodeSyntaxError", String(error));
    if (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND") {
      throw fault("Runtime.ImportModuleError", `Error: ${error.message}`);
    }
    throw error;
  }
  let found = module;
  for (const name of names) found = found?.[name];
  if (found === undefined && module.default) {
    found = module.default;
    for (const name of names) found = found?.[name];
  }
  if (typeof found !== "function") {
    throw fault("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  return found;
}

function contextOf(headers, settle) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"] ?? 0);
  let clientContext;
  try {
    clientContext = JSON.parse(headers["lambda-runtime-client-context"] ?? "null") ?? undefined;
  } catch {
    clientContext = undefined;
  }
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: (error, result) => settle(error, result),
    succeed: (result) => settle(null, result),
    fail: (error) => settle(error ?? new Error("handled")),
  };
}

/** What the handler yields: its promise, or what it hands to the callback. */
function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const settle = (error, result) => {
      if (error !== null && error !== undefined) reject(error);
      else resolve(result);
    };
    try {
      const result = handler(event, contextOf(headers, settle), settle);
      if (result && typeof result.then === "function") result.then(resolve, reject);
      else if (result !== undefined || handler.length < 3) resolve(result);
    } catch (error) {
      reject(error);
    }
  });
}

function memory() {
  return { "Riposte-Max-Memory-Kb": String(process.resourceUsage().maxRSS) };
}

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  const document = toDocument(error, "");
  writeRecord(`${new Date().toISOString()}\tundefined\tERROR\tUncaught Exception\t${
    JSON.stringify(document)}`);
  await request("POST", "/init/error", JSON.stringify(document),
    { "Lambda-Runtime-Function-Error-Type": headerSafe(document.errorType) });
  process.exit(1);
}

while (true) {
  const next = await request("GET", "/invocation/next");
  if (next.status !== 200) process.exit(0);
  const id = next.headers["lambda-runtime-aws-request-id"];
  currentId = id;
  if (next.headers["lambda-runtime-trace-id"]) {
    process.env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"];
  } else {
    delete process.env._X_AMZN_TRACE_ID;
  }
  let target = "response";
  let body;
  let headers = memory();
  try {
    const result = await run(handler, JSON.parse(next.body), next.headers);
    body = JSON.stringify(result === undefined ? null : result);
    if (body === undefined) throw fault("Runtime.MarshalError", "The result is not JSON");
  } catch (error) {
    const document = toDocument(error, id);
    writeRecord(`${new Date().toISOString()}\t${id}\tERROR\tInvoke Error\t${
      JSON.stringify(document)}`);
    target = "error";
    body = JSON.stringify(document);
    headers = { ...memory(), "Lambda-Runtime-Function-Error-Type": headerSafe(document.errorType) };
  }
  writeSync(1, `\x1eEND ${id}\n`);
  await request("POST", `/invocation/${id}/${target}`, body, headers);
}
