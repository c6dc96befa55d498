import { FeedClient } from "@crosspod/client";
import { Announcer, elementById, onWake } from "@crosspod/page";
import { CommandList } from "./command-list.ts";
import { FeedStatus } from "./feed-status.ts";
import { FeedTable } from "./feed-table.ts";
import { UpdateForm } from "./update-form.ts";

const client = new FeedClient({ url: location.href });
const announcer = new Announcer(elementById("announcement", HTMLElement));
const commands = new CommandList(elementById("commands", HTMLElement), announcer);
new FeedStatus(client, announcer);
new FeedTable(elementById("rows", HTMLTableSectionElement), client);
new UpdateForm(elementById("update-form", HTMLFormElement), () => commands.show({ needsToken: true }));
onWake(() => client.open());
client.open();
