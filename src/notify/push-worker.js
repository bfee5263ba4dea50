// Runs in the browser, also while no page of ours is open: shows that something waits, and opens it.
self.addEventListener('push', (event) => {
  const { title, body, path } = event.data.json()
  event.waitUntil(self.registration.showNotification(title, { body, tag: path, data: { path } }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { path } = event.notification.data
  // Only ever a page of this very origin.
  event.waitUntil(self.clients.openWindow(new URL(path, self.location.origin).pathname))
})
