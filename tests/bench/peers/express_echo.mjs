// The echo of LINE's own SDK for Node, as its examples have it: https://github.com/line/line-bot-sdk-nodejs
import * as line from "@line/bot-sdk";
import express from "express";

const client = new line.messagingApi.MessagingApiClient({
  channelAccessToken: process.env.LINE_CHANNEL_ACCESS_TOKEN,
  baseURL: process.env.LINE_API_URL,
});
const app = express();

app.get("/healthz", (_request, response) => response.json({ alive: true }));

app.post("/line/webhook", line.middleware({ channelSecret: process.env.LINE_CHANNEL_SECRET }), (request, response) => {
  Promise.all(request.body.events.map(handleEvent))
    .then((result) => response.json(result))
    .catch(() => response.status(500).end());
});

function handleEvent(event) {
  if (event.type !== "message" || event.message.type !== "text") {
    return Promise.resolve(null);
  }
  return client.replyMessage({
    replyToken: event.replyToken,
    messages: [{ type: "text", text: event.message.text }],
  });
}

app.listen(process.env.PORT, "127.0.0.1");
