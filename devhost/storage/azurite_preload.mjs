// Loaded into the emulator's Node before Azurite itself. Standard input is a pipe from the devhost:
// its end means that the devhost is gone, killed or not.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
process.once("SIGTERM", () => process.stdin.destroy());
