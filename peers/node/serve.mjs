// How each of the four is run: `node koa.mjs [PORT]` prints its address and serves until its
// standard input ends, so that it never outlives the program that measures or examines it.
export function serve(server) {
  server.listen(process.argv[2] ?? 0, '127.0.0.1', () => {
    const { address, port } = server.address();
    console.log(`${address}:${port}`);
  });
  process.stdin.on('end', () => process.exit()).resume();
}
