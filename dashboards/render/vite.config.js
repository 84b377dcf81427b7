import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // One large file is fine: it is read from this machine, once for each picture.
  build: { chunkSizeWarningLimit: 100000, reportCompressedSize: false, target: 'esnext' },
  logLevel: 'error',
});
