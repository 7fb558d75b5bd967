// Runs the cases of a Step Functions Local mock file on aws-local-stepfunctions, an interpreter of its own.
// Usage: node run_cases.mjs DEFINITION MOCK_FILE MACHINE INPUT   Prints {case: {status, error, entered, calls}} as JSON.
// No wait and no back-off is waited for. $$.State.RetryCount is 0 throughout, for the interpreter does not count.
import { readFileSync } from "node:fs";

// Node has it since 22; the package asks for 22 for this alone.
Promise.withResolvers ??= function withResolvers() {
  let resolve, reject;
  const promise = new Promise((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
};
// Its AWS client wants a region, though no Task leaves this process.
process.env.AWS_REGION ??= "us-east-1";
const { StateMachine } = await import("aws-local-stepfunctions");

const [definition, mocks, machine, input] = process.argv.slice(2);
const states = JSON.parse(readFileSync(definition, "utf8"));
const { StateMachines, MockedResponses } = JSON.parse(readFileSync(mocks, "utf8"));
const interpreter = new StateMachine(states);
const names = { Wait: [], Task: [] };
collect(states);

function collect({ States }) {
  for (const [name, state] of Object.entries(States)) {
    names[state.Type]?.push(name);
    if (state.ItemProcessor) collect(state.ItemProcessor);
  }
}

// "0" is the first call of a state in the execution, "1-3" are the next three.
function responseAt(responses, turn) {
  const found = Object.entries(responses).find(([turns]) => {
    const [first, last = first] = turns.split("-").map(Number);
    return first <= turn && turn <= last;
  });
  if (!found) throw new Error(`the mock file has no response for call ${turn}`);
  return found[1];
}

function handlersOf(mocked, calls) {
  const turns = {};
  const answer = (state) => (parameters) => {
    calls.push({ state, payload: parameters.Payload });
    turns[state] = (turns[state] ?? -1) + 1;
    const { Return, Throw } = responseAt(MockedResponses[mocked[state]], turns[state]);
    if (Throw) throw Object.assign(new Error(Throw.Cause), { name: Throw.Error });
    return Return;
  };
  return Object.fromEntries(Object.keys(mocked).map((state) => [state, answer(state)]));
}

async function outcomeOf(name, mocked) {
  const calls = [];
  const zero = (of) => Object.fromEntries(names[of].map((state) => [state, 0]));
  const execution = interpreter.run(JSON.parse(input), {
    overrides: {
      taskResourceLocalHandlers: handlersOf(mocked, calls),
      waitTimeOverrides: zero("Wait"),
      retryIntervalOverrides: zero("Task"),
    },
    context: {
      Execution: {
        Id: `arn:aws:states:us-east-1:123456789012:execution:${machine}:${name}`,
        Input: JSON.parse(input),
        Name: name,
      },
      State: { RetryCount: 0 },
    },
  });
  const [result, entered] = await Promise.all([settled(execution.result), statesEntered(execution.eventLogs)]);
  return { ...result, entered, calls };
}

async function settled(result) {
  try {
    await result;
    return { status: "SUCCEEDED", error: null };
  } catch (failure) {
    return { status: "FAILED", error: failure.cause?.name ?? failure.name };
  }
}

async function statesEntered(events) {
  const entered = [];
  for await (const event of events) if (event.type === "StateEntered") entered.push(event.state.name);
  return entered;
}

const outcomes = {};
for (const [name, mocked] of Object.entries(StateMachines[machine].TestCases)) {
  outcomes[name] = await outcomeOf(name, mocked);
}
console.log(JSON.stringify(outcomes));
