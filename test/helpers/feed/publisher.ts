/** Publishes one update by a real `GET /api`, and fails unless it is appended. */
export async function publish(serviceUrl: string, id: string, value: string): Promise<void> {
  const response = await fetch(new URL(`/api?${new URLSearchParams({ id, value })}`, serviceUrl));
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`publishing ${id}=${value} was answered with ${response.status}`);
}

/** Publishes updates in requests of up to 1,000 each, one after the other. */
export async function publishAll(serviceUrl: string, updates: readonly { id: string; value: string }[]): Promise<void> {
  for (let start = 0; start < updates.length; start += 1_000) {
    const response = await fetch(new URL("/api", serviceUrl), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(updates.slice(start, start + 1_000)),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`a batch was answered with ${response.status}`);
  }
}
