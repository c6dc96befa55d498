import { FeedClient } from "@crosspod/client";
import { Announcer, onReturn } from "@crosspod/page";
import { showCommands } from "./command-list.ts";
import { bindFeedStatus } from "./feed-status.ts";
import { FeedTable } from "./feed-table.ts";
import { PageReload } from "./page-reload.ts";
import { UpdateForm } from "./update-form.ts";

const client = new FeedClient({ url: location.href });
const announcer = new Announcer();
bindFeedStatus(client, announcer);
new FeedTable(client);
showCommands(announcer, { needsToken: false });
new UpdateForm(() => showCommands(announcer, { needsToken: true }));
const reload = new PageReload({
  // Asking for it can throw, where it is not allowed.
  get storage() {
    return sessionStorage;
  },
  now: Date.now,
  random: Math.random,
  reload: () => location.reload(),
});
client.onState((state) => {
  if (state === "outdated") reload.schedule();
  else reload.cancel();
});
onReturn(() => client.open());
client.open();
