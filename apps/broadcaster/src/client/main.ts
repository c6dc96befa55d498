import { FeedClient } from "@crosspod/client";
import { Announcer, onReturn } from "@crosspod/page";
import { showCommands } from "./command-list.ts";
import { bindFeedStatus } from "./feed-status.ts";
import { FeedTable } from "./feed-table.ts";
import { reloadWhenOutdated } from "./page-reload.ts";
import { UpdateForm } from "./update-form.ts";

const client = new FeedClient({ url: location.href });
const announcer = new Announcer();
bindFeedStatus(client, announcer);
new FeedTable(client);
showCommands(announcer, { needsToken: false });
new UpdateForm(() => showCommands(announcer, { needsToken: true }));
reloadWhenOutdated(client);
onReturn(() => client.open());
client.open();
