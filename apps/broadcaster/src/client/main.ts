import { FeedClient } from "@crosspod/client";
import { Announcer } from "./announcer.ts";
import { CommandList } from "./command-list.ts";
import { elementById } from "./element.ts";
import { FeedStatus } from "./feed-status.ts";
import { FeedTable } from "./feed-table.ts";
import { UpdateForm } from "./update-form.ts";
import { openOnWake } from "./wake.ts";

const client = new FeedClient({ url: location.href });
const announcer = new Announcer(elementById("announcement", HTMLElement));
const commands = new CommandList(elementById("commands", HTMLElement), announcer);
new FeedStatus(client, announcer);
new FeedTable(elementById("rows", HTMLTableSectionElement), client);
new UpdateForm(elementById("update-form", HTMLFormElement), () => commands.show({ needsToken: true }));
openOnWake(client);
client.open();
