import { open, stat } from "node:fs/promises";

/** What a followed log needs of the disk: a test counts what is read through it. */
export interface LogDisk {
  /** Follows links. Rejects where there is no file, and for what is none (a pipe would never answer). */
  stat(path: string): Promise<FileFacts>;
  open(path: string): Promise<OpenLog>;
}

export interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
  /** Of the file, whatever its name is: device and inode; its path where the disk knows no inodes. Some network file systems change it while the file stays the same. */
  readonly identity: string;
}

/** Stays what it was when the file is renamed or removed. */
export interface OpenLog {
  size(): Promise<number>;
  /** Fills the buffer from this place of the file; tells how many bytes there were. */
  read(buffer: Uint8Array, length: number, position: number): Promise<number>;
  close(): Promise<void>;
}

export const nodeDisk: LogDisk = {
  async stat(path) {
    const facts = await stat(path);
    if (!facts.isFile()) throw new Error("it is not a file");
    return { size: facts.size, mtimeMs: facts.mtimeMs, identity: facts.ino === 0 ? path : `${facts.dev}:${facts.ino}` };
  },
  async open(path) {
    const file = await open(path, "r");
    return {
      size: async () => (await file.stat()).size,
      read: async (buffer, length, position) => (await file.read(buffer, 0, length, position)).bytesRead,
      close: () => file.close(),
    };
  },
};
