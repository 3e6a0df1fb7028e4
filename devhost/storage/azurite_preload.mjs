// Loaded into the emulator's Node before Azurite itself. Standard input is a pipe from the devhost:
// its end means that the devhost is gone, killed or not, and then nobody else stops this process.
const STOP_MILLISECONDS = 5000;

process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
process.stdin.unref();

// Azurite handles SIGTERM only once it has started; until then there is nothing to save.
process.on("SIGTERM", () => {
  if (process.listenerCount("SIGTERM") === 1) process.exit(143);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), STOP_MILLISECONDS).unref();
});
