// A thread of Node shares no objects. What is handed to it is copied, if it can be.
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'

const { port1, port2 } = new MessageChannel()
const counter = { count: 1 }

port1.postMessage(counter)
const copy = receiveMessageOnPort(port2).message
copy.count += 1
console.log('here:', counter.count, 'there:', copy.count)

try {
  port1.postMessage({ count: 1, add() { this.count += 1 } })
} catch (error) {
  console.log(error.name)
}
