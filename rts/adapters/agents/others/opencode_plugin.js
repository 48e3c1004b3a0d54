// Tells rts what OpenCode does: one file per event in $RTS_INBOX, in the shape of Claude Code's
// hooks. Loaded by the worker's own OPENCODE_CONFIG_CONTENT; without RTS_INBOX it does nothing.
// It prints nothing and never fails: a broken inbox must not disturb the agent.
// Events seen with OpenCode 1.18.33.
import { randomUUID } from "node:crypto"
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"

const TEXT_LENGTH_MAX = 65536 // of each text in a payload: a written file may have megabytes
const ANSWER_LOOK_MS = 200
const FIRST_WORDS_AFTER_MS = 1000 // the conversation must be open on the screen before it goes on

function drop(payload) {
  const name = `${process.env.RTS_WORKER}.${randomUUID()}`
  const draft = `${process.env.RTS_INBOX}/tmp/${name}`
  const cut = (_, value) => (typeof value === "string" ? value.slice(0, TEXT_LENGTH_MAX) : value)
  try {
    writeFileSync(draft, JSON.stringify(payload, cut))
    renameSync(draft, `${process.env.RTS_INBOX}/new/${name}`)
  } catch {
    rmSync(draft, { force: true })
  }
  return name
}

export const Rts = async ({ client }) => {
  if (!process.env.RTS_INBOX || !process.env.RTS_WORKER) return {}

  const parents = new Map() // a subagent's conversation → the one that began it
  const words = new Map() // conversation → the agent's last words
  const calls = new Map() // id of a running tool call → its PreToolUse payload
  const ended = new Set() // tool calls and messages that were told
  const cut = new Set() // conversations whose turn the commander ended
  const failed = new Set() // conversations whose turn an error ended
  const open = new Map() // permission request → its timer

  const tell = (sessionID, kind, facts) =>
    drop({
      hook_event_name: kind,
      session_id: sessionID,
      ...(parents.has(sessionID) ? { agent_id: sessionID } : {}),
      ...facts,
    })

  const reply = (requestID, answer) =>
    client._client
      .post({
        url: "/permission/{requestID}/reply",
        path: { requestID },
        body: answer,
        headers: { "Content-Type": "application/json" },
      })
      .catch(() => {})

  const awaitAnswer = (requestID, name) => {
    const path = `${process.env.RTS_RUN}/answers/${name}`
    const look = () => {
      if (!existsSync(path)) return
      clearInterval(open.get(requestID))
      try {
        const decision = JSON.parse(readFileSync(path, "utf8")).hookSpecificOutput.decision
        const yes = decision.behavior === "allow"
        reply(requestID, yes ? { reply: "once" } : { reply: "reject", message: decision.message })
      } catch {}
      rmSync(path, { force: true })
    }
    open.set(requestID, setInterval(look, ANSWER_LOOK_MS))
  }

  const goOn = (call) => {
    const begun = call && calls.get(call.callID)
    if (begun) drop(begun)
  }

  const told = {
    "session.created": ({ info }) => {
      if (!info.parentID) return
      parents.set(info.id, info.parentID)
      tell(info.id, "SubagentStart", { agent_type: info.title })
    },
    "session.status": ({ sessionID, status }) => {
      if (status.type === "retry" && !parents.has(sessionID)) tell(sessionID, "ApiRetry", status)
    },
    "session.idle": ({ sessionID }) => {
      if (parents.has(sessionID)) tell(sessionID, "SubagentStop", {})
      else if (failed.has(sessionID)) return
      // After Esc the cut tool call still reports, and only then is the conversation idle.
      else if (cut.has(sessionID)) tell(sessionID, "Interrupt", {})
      else tell(sessionID, "Stop", { last_assistant_message: words.get(sessionID) ?? "" })
    },
    "session.error": ({ sessionID, error }) => {
      if (!sessionID || parents.has(sessionID)) return
      if (error.name === "MessageAbortedError") {
        cut.add(sessionID)
        tell(sessionID, "Interrupt", {})
        return
      }
      failed.add(sessionID)
      tell(sessionID, "StopFailure", {
        error: error.name,
        status_code: error.data?.statusCode,
        last_assistant_message: error.data?.message,
      })
    },
    "session.compacted": ({ sessionID }) => tell(sessionID, "PreCompact", { trigger: "compacted" }),
    "permission.asked": ({ id, sessionID, permission, patterns, metadata, tool }) => {
      const asked = { tool_name: permission, tool_input: { pattern: patterns?.join(" "), ...metadata } }
      awaitAnswer(id, tell(sessionID, "PermissionRequest", { ...asked, tool_use_id: tool?.callID }))
      if (tool) open.set(`${id} call`, tool)
    },
    "permission.replied": ({ requestID, reply }) => {
      clearInterval(open.get(requestID))
      if (reply !== "reject") goOn(open.get(`${requestID} call`))
      open.delete(requestID)
      open.delete(`${requestID} call`)
    },
    "question.asked": ({ id, sessionID, questions, tool }) => {
      tell(sessionID, "PermissionRequest", { tool_name: "AskUserQuestion", tool_input: { questions } })
      if (tool) open.set(`${id} call`, tool)
    },
    "question.replied": ({ requestID }) => goOn(open.get(`${requestID} call`)),
    "message.updated": ({ info }) => {
      if (info.role !== "assistant" || !info.time.completed || ended.has(info.id)) return
      ended.add(info.id)
      if (!info.finish) cut.add(info.sessionID) // Esc during a request: there is no session.error
      tell(info.sessionID, "Usage", { message_id: info.id, model: info.modelID, tokens: info.tokens })
    },
    "message.part.updated": ({ part }) => {
      if (part.type === "text" && part.time?.end) words.set(part.sessionID, part.text)
      const { status, input, error } = part.state ?? {}
      const isOver = status === "completed" || status === "error"
      if (part.type !== "tool" || !isOver || ended.has(part.callID)) return
      ended.add(part.callID)
      calls.delete(part.callID)
      const facts = { tool_name: part.tool, tool_input: input, tool_use_id: part.callID }
      if (status === "completed") tell(part.sessionID, "PostToolUse", facts)
      else tell(part.sessionID, "PostToolUseFailure", { ...facts, error })
    },
  }

  drop({ hook_event_name: "SessionStart", source: "startup" })
  const first = process.env.RTS_FIRST_WORDS
  if (first) {
    // OpenCode drops --prompt beside --session (github.com/anomalyco/opencode/issues/37536).
    delete process.env.RTS_FIRST_WORDS
    setTimeout(() => {
      const parts = [{ type: "text", text: readFileSync(first, "utf8") }]
      client.session
        .promptAsync({ path: { id: process.env.RTS_CONVERSATION }, body: { parts } })
        .catch(() => {})
    }, FIRST_WORDS_AFTER_MS)
  }

  return {
    event: async ({ event }) => {
      try {
        told[event.type]?.(event.properties)
      } catch {}
    },
    "chat.message": async ({ sessionID }, { parts }) => {
      if (parents.has(sessionID)) return
      cut.delete(sessionID)
      failed.delete(sessionID)
      words.delete(sessionID)
      const said = parts.filter((part) => part.type === "text" && !part.synthetic)
      tell(sessionID, "UserPromptSubmit", { prompt: said.map((part) => part.text).join("\n") })
    },
    "tool.execute.before": async ({ tool, sessionID, callID }, { args }) => {
      const facts = { tool_name: tool, tool_input: args, tool_use_id: callID }
      const agent = parents.has(sessionID) ? { agent_id: sessionID } : {}
      const begun = { hook_event_name: "PreToolUse", session_id: sessionID, ...agent, ...facts }
      calls.set(callID, begun)
      drop(begun)
    },
  }
}
