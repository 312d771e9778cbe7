/** A process that registers applications in an identity store, one after the other: FILE NAME COUNT. */
import { openSqliteIdentityStore } from "../../src/store/index.ts";
import { createDirectory } from "../../src/token/index.ts";
import { REALM_MASTER_KEY } from "./realm.ts";

const [file = "", name = "", count = "0"] = process.argv.slice(2);
const store = openSqliteIdentityStore(file);
const directory = createDirectory({
  store,
  masterKey: REALM_MASTER_KEY,
  clock: () => new Date(),
});
for (let place = 0; place < Number(count); place += 1) {
  await directory.createApplication({ displayName: `${name} ${place}` });
}
await store.close();
