// Tells rts what pi does: each event becomes one file in the inbox, in the shape of Claude's hooks.
// It changes nothing, answers nothing, and never fails: a broken inbox must not disturb the agent.
import fs from "node:fs";
import path from "node:path";
import { randomUUID } from "node:crypto";

const WORDS_LENGTH_MAX = 20_000; // of a text; the reader keeps less

export default function (pi) {
  const worker = process.env.RTS_WORKER;
  const inbox = process.env.RTS_INBOX;
  if (!worker || !inbox) return;
  let failure = ""; // why the last run of the model failed; empty when it did not
  let failureCount = 0; // in a row
  let session = {};

  const drop = (name, facts) => {
    try {
      const letter = `${worker}.${randomUUID()}`;
      const half = path.join(inbox, "tmp", letter);
      const payload = { hook_event_name: name, timestamp: new Date().toISOString(), ...session };
      fs.writeFileSync(half, JSON.stringify({ ...payload, ...facts }));
      fs.renameSync(half, path.join(inbox, "new", letter));
    } catch {
      // The watch has other evidence.
    }
  };
  const on = (event, tell) =>
    pi.on(event, async (facts, context) => {
      try {
        session = {
          session_id: context.sessionManager.getSessionId(),
          transcript_path: context.sessionManager.getSessionFile() ?? "",
          cwd: context.cwd,
        };
        tell(facts, context);
      } catch {
        // As above.
      }
    });

  on("session_start", (event, context) =>
    drop("SessionStart", { source: event.reason ?? "", model: context.model?.id ?? "" }));
  on("session_shutdown", (event) => drop("SessionEnd", { reason: event.reason ?? "" }));
  on("input", (event) => {
    failure = "";
    failureCount = 0;
    drop("UserPromptSubmit", { prompt: cut(event.text) });
  });
  on("agent_start", () => {
    // pi sends a failed request again by itself, and says only so that it does.
    if (failure) drop("ApiRetry", { error: failure, attempt: failureCount });
    failure = "";
  });
  on("tool_execution_start", (event) => drop("PreToolUse", call(event)));
  on("tool_execution_end", (event) =>
    drop(event.isError ? "PostToolUseFailure" : "PostToolUse", call(event)));
  on("session_before_compact", () => drop("PreCompact", {}));
  on("agent_end", (event, context) => {
    const last = event.messages.findLast((message) => message.role === "assistant");
    if (last?.stopReason === "aborted" || wasAborted(last, context)) {
      drop("Interrupt", {});
    } else if (last?.stopReason === "error") {
      failure = cut(last.errorMessage ?? "") || "error";
      failureCount += 1;
      drop("StopFailure", { error: failure });
    } else {
      failureCount = 0;
      drop("Stop", { last_assistant_message: spoken(last) });
    }
  });

  const inputs = new Map(); // the arguments of running calls: the end of a call does not repeat them
  const call = (event) => {
    if (event.args) inputs.set(event.toolCallId, event.args);
    const tool_input = inputs.get(event.toolCallId) ?? {};
    if (!event.args) inputs.delete(event.toolCallId);
    return { tool_name: event.toolName, tool_use_id: event.toolCallId, tool_input };
  };
}

// Esc while a tool runs ends the run with stopReason "error" and these words (0.87.1).
const wasAborted = (message, context) =>
  message?.stopReason === "error" &&
  (context.signal?.aborted || /operation was aborted/i.test(message.errorMessage ?? ""));

const spoken = (message) =>
  (message?.content ?? [])
    .filter((block) => block.type === "text")
    .map((block) => block.text)
    .join("\n")
    .slice(-WORDS_LENGTH_MAX);

const cut = (text) => String(text ?? "").slice(0, WORDS_LENGTH_MAX);
