// Receives Chatpress's webhooks and verifies their signatures: WEBHOOK_SECRET=whsec_... PORT=8080 node receiver.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace("whsec_", ""), "base64");
const seen = new Set(); // an event may come twice; keep the ids in a database

function isGenuine(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1000 - time) < 300)) return false; // an old request that is sent again
  const expected = Buffer.from(createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64"));
  return signatures.split(" ").some((signature) => {
    const given = Buffer.from(signature.replace("v1,", ""));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

createServer(async (request, response) => {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
  if (!seen.has(request.headers["webhook-id"])) {
    const { type, data } = JSON.parse(body);
    console.log(type, data.channel?.slug ?? "", data.message?.id ?? "", data.message?.text ?? "");
    seen.add(request.headers["webhook-id"]);
  }
  response.writeHead(204).end();
}).listen(process.env.PORT ?? 8080, "127.0.0.1");
