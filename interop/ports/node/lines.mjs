// lines.mjs: what the adapters share. A question comes as a line of JSON on standard input; read returns the value
// or throws, and a line of JSON goes to standard output.
import {createInterface} from 'node:readline';

// hash names a hash of Python's hashlib as Node does.
export function hash(name) {
  return {blake2b: 'blake2b512', blake2s: 'blake2s256'}[name] ?? name.replace('sha3_', 'sha3-');
}

export async function answerAll(read) {
  for await (const line of createInterface({input: process.stdin})) {
    const question = JSON.parse(line);
    process.stdout.write(JSON.stringify({id: question.id, ...answer(read, question)}) + '\n');
  }
}

function answer(read, question) {
  try {
    return {result: 'valid', ...read(question)};
  } catch (error) {
    return {result: 'refused'};
  }
}
