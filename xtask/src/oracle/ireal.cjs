// iReal links as `ireal-musicxml` understands them: each chart as a score.
const fs = require("fs");
const { createRequire } = require("module");
const near = createRequire(process.cwd() + "/");
const load = (name) => { try { return require(name); } catch { return near(name); } };
const { Playlist, MusicXML } = load("ireal-musicxml");
const write = (value) => process.stdout.write(JSON.stringify(value) + "\n");
for (const name of ["log", "info", "warn", "error", "debug"]) console[name] = () => {};
process.stdout.write("ireal-musicxml on node " + process.version + "\n");
for (const path of fs.readFileSync(0, "utf8").split("\n").filter((line) => line)) {
  try {
    const songs = new Playlist(fs.readFileSync(path, "utf8")).songs;
    write({ scores: songs.map((song) => MusicXML.convert(song, { notation: "rhythmic" })) });
  } catch (error) {
    write({ error: String(error.message || error) });
  }
}
