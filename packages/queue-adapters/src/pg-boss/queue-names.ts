/** What a queue is called in pg-boss, and the channel on which its messages are told of. */
export function queueNames(name: string) {
  return { messages: name, dead: `${name}.dead`, ticks: `${name}.ticks`, channel: `syncer_${name}` } as const;
}
